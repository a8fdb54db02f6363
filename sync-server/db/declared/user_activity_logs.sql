-- A device tells what its own person did, of the kinds a device may tell; the rest is written by the server.
grant insert (id, user_id, activity_type, occurred_at, reference_id, metadata, v, client_at, origin_device_id)
  on user_activity_logs
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
create policy user_activity_logs_insert_own on user_activity_logs for insert
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  with check (
    user_id = auth.uid()
    and activity_type in ('logout', 'page_visit', 'video_opened', 'assignment_viewed', 'leaderboard_viewed',
                          'module_started', 'lesson_downloaded', 'certificate_downloaded'));
