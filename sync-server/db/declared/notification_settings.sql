grant insert (id, user_id, mutes, email_digest, quiet_hours, v, client_at, origin_device_id) on notification_settings
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
grant update (mutes, email_digest, quiet_hours, v, client_at, origin_device_id) on notification_settings
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
create policy notification_settings_insert_own on notification_settings for insert
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  with check (user_id = auth.uid());
create policy notification_settings_update_own on notification_settings for update
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  using (user_id = auth.uid() and not is_deleted)
  with check (user_id = auth.uid());
