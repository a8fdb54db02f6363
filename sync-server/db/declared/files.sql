-- A person announces a file of the own; its bytes come by /storage/v1 and the server says when it is whole.
grant insert (id, bucket, owner_id, path, original_name, mime, bytes, sha256, linked_table, linked_id,
              v, client_at, origin_device_id) on files
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
create policy files_insert_own on files for insert
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  with check (
    owner_id = auth.uid() and status = 'local'
    and bucket in ('student-documents', 'attachments', 'assignment-submissions'));
