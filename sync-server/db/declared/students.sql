-- A student decides about the board and about being reminded; fees and numbers are the server's.
grant update (leaderboard_hidden, recovery_opt_out, v, client_at, origin_device_id) on students to app_student;
create policy students_update_own on students for update to app_student
  using (id = auth.uid() and not is_deleted)
  with check (id = auth.uid());
