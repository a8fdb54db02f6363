-- A mentor writes the own directory entry; the name follows users.full_name, the capacity is the staff's.
grant update (bio, specialties, accepting_students, avatar_file_id, v, client_at, origin_device_id) on mentors
  to app_mentor;
create policy mentors_update_own on mentors for update to app_mentor
  using (id = auth.uid() and not is_deleted)
  with check (id = auth.uid());
