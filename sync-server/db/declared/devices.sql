-- A person names the own devices; registering and revoking are commands.
grant update (label, v, client_at, origin_device_id) on devices
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
create policy devices_update_own on devices for update
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  using (user_id = auth.uid() and not is_deleted)
  with check (user_id = auth.uid());
