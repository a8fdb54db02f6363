-- A student hands in own work and may ask to withdraw it; attempt number, status, times and verdict are the server's.
grant insert (id, assignment_id, student_id, content, links, file_ids, client_submitted_at, based_on,
              v, client_at, origin_device_id) on submissions to app_student;
grant update (withdraw_requested_at, v, client_at, origin_device_id) on submissions to app_student;
create policy submissions_insert_own on submissions for insert to app_student
  with check (student_id = auth.uid() and status = 'pending' and reviewed_by is null);
create policy submissions_update_own on submissions for update to app_student
  using (student_id = auth.uid() and status = 'pending' and not is_deleted)
  with check (student_id = auth.uid());
