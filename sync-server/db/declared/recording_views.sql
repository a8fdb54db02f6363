-- A student reports where and what was played; whether that counts as watched is the server's judgement.
grant insert (id, user_id, lesson_id, position_seconds, watched_ranges, duration_seconds, last_watched_at,
              v, client_at, origin_device_id) on recording_views to app_student;
grant update (position_seconds, watched_ranges, duration_seconds, last_watched_at,
              v, client_at, origin_device_id) on recording_views to app_student;
create policy recording_views_insert_own on recording_views for insert to app_student
  with check (user_id = auth.uid());
create policy recording_views_update_own on recording_views for update to app_student
  using (user_id = auth.uid() and not is_deleted)
  with check (user_id = auth.uid());
