-- A person edits the own name, phone, picture and goal; role, status and e-mail move only by commands.
grant update (full_name, phone, avatar_file_id, dream_goal_summary, v, client_at, origin_device_id) on users
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
create policy users_update_own on users for update
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  using (id = auth.uid() and not is_deleted)
  with check (id = auth.uid());
