-- Private text of its owner; deleting is a tombstone. Enrolment managers have no lessons.
grant insert (id, user_id, lesson_id, at_seconds, body, copy_of, v, client_at, origin_device_id) on lesson_notes
  to app_student, app_mentor, app_admin, app_superadmin;
grant update (at_seconds, body, is_deleted, v, client_at, origin_device_id) on lesson_notes
  to app_student, app_mentor, app_admin, app_superadmin;
create policy lesson_notes_insert_own on lesson_notes for insert
  to app_student, app_mentor, app_admin, app_superadmin
  with check (user_id = auth.uid());
create policy lesson_notes_update_own on lesson_notes for update
  to app_student, app_mentor, app_admin, app_superadmin
  using (user_id = auth.uid())
  with check (user_id = auth.uid());
