-- A refused change is put aside by its author; the server alone writes it.
grant update (acknowledged_at, v, client_at, origin_device_id) on sync_rejections
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
create policy sync_rejections_update_own on sync_rejections for update
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  using (user_id = auth.uid() and not is_deleted)
  with check (user_id = auth.uid());
