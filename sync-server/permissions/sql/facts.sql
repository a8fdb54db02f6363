-- What decides who reads a row when the row itself does not say so. Each looks one row up by its key.

create or replace function sync_course_of_module(module uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select course_id from modules where id = module and not is_deleted
$$;

create or replace function sync_course_of_lesson(lesson uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.course_id from available_lessons l join modules m on m.id = l.module_id
  where l.id = lesson and not l.is_deleted and not m.is_deleted
$$;

create or replace function sync_lesson_is_published(lesson uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((select is_published and not is_deleted from available_lessons where id = lesson), false)
$$;

create or replace function sync_pathway_is_listed(pathway uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((select is_active and is_published and not is_deleted from learning_pathways where id = pathway), false)
$$;

create or replace function sync_bundle_is_listed(bundle uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((select is_active and is_published and not is_deleted from course_bundles where id = bundle), false)
$$;

-- Where the lesson says nothing (any more), the assignment's own course counts.
create or replace function sync_course_of_task(lesson uuid, course uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when lesson is null then course else sync_course_of_lesson(lesson) end
$$;

create or replace function sync_course_of_assignment(assignment uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select sync_course_of_task(lesson_id, course_id) from assignments where id = assignment
$$;

create or replace function sync_student_of_submission(submission uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select student_id from submissions where id = submission and not is_deleted
$$;

create or replace function sync_course_of_submission(submission uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select sync_course_of_assignment(assignment_id) from submissions where id = submission and not is_deleted
$$;

create or replace function sync_reviewer_of_submission(submission uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select assigned_to from submissions where id = submission and not is_deleted
$$;

-- A file counts as part of a piece of work only when its owner handed that work in: linking to somebody else's shows nothing.
create or replace function sync_submission_of_file(linked_table text, linked_id uuid, owner uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.id from submissions s
  where linked_table = 'submissions' and s.id = linked_id and s.student_id = owner and not s.is_deleted
$$;

create or replace function sync_lesson_of_file(file uuid, linked_table text, linked_id uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(
    case linked_table
      when 'recording_attachments' then
        (select a.lesson_id from recording_attachments a where a.id = linked_id and not a.is_deleted)
    end,
    (select a.lesson_id from recording_attachments a where a.file_id = file and not a.is_deleted order by a.id limit 1))
$$;

create or replace function sync_is_mentor(person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from mentors where id = person and not is_deleted)
$$;

-- `2026-11-22T10:56:31.123Z`: the one form of an instant on the wire. Everything else goes as JSON writes it.
create or replace function sync_wire(value timestamptz) returns text language sql stable as $$
  select to_char(value at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
-- A day would be taken for an instant by its cast.
create or replace function sync_wire(value date) returns date language sql immutable as $$ select value $$;
create or replace function sync_wire(value anyelement) returns anyelement language sql immutable as $$ select value $$;

grant execute on function
  sync_course_of_module(uuid), sync_course_of_lesson(uuid), sync_lesson_is_published(uuid), sync_pathway_is_listed(uuid),
  sync_bundle_is_listed(uuid),
  sync_course_of_task(uuid, uuid), sync_course_of_assignment(uuid), sync_student_of_submission(uuid),
  sync_course_of_submission(uuid), sync_reviewer_of_submission(uuid), sync_submission_of_file(text, uuid, uuid),
  sync_lesson_of_file(uuid, text, uuid), sync_is_mentor(uuid)
to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
