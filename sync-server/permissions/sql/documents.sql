-- Answers with files, certificates and files of resources: whom they are about, by the record they hang on or that names them.
-- People hang files on records of their own only (`app_may_link`); certificates the server draws.

-- The student whose onboarding answer names the file, when the student brought it.
create or replace function sync_answerer_of_file(file uuid, owner uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.user_id from onboarding_responses r where r.file_id = file and r.user_id = owner and not r.is_deleted limit 1
$$;

-- The student whose certificate the file is.
create or replace function sync_holder_of_file(linked_table text, linked_id uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.student_id from certificates c
  where linked_table = 'certificates' and c.id = linked_id and not c.is_deleted
$$;

-- The resource whose content the file is.
create or replace function sync_resource_of_file(file uuid, linked_table text, linked_id uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.id from resources r
  where linked_table = 'resources' and r.id = linked_id and r.content ->> 'file_id' = file::text and not r.is_deleted
$$;

grant execute on function
  sync_answerer_of_file(uuid, uuid), sync_holder_of_file(text, uuid), sync_resource_of_file(uuid, text, uuid)
to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
