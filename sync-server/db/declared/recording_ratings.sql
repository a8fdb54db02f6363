grant insert (id, user_id, lesson_id, rating, feedback, v, client_at, origin_device_id) on recording_ratings
  to app_student;
grant update (rating, feedback, v, client_at, origin_device_id) on recording_ratings to app_student;
create policy recording_ratings_insert_own on recording_ratings for insert to app_student
  with check (user_id = auth.uid());
create policy recording_ratings_update_own on recording_ratings for update to app_student
  using (user_id = auth.uid() and not is_deleted)
  with check (user_id = auth.uid());
