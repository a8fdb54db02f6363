-- Reading and dismissing are the owner's; the server alone writes notifications.
grant update (read_at, dismissed_at, v, client_at, origin_device_id) on notifications
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
create policy notifications_update_own on notifications for update
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  using (user_id = auth.uid() and not is_deleted)
  with check (user_id = auth.uid());
