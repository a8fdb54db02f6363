-- Admins add to every lesson, mentors to those of the courses they cover.
create or replace function app_may_teach_lesson(lesson uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from available_lessons l join modules m on m.id = l.module_id join users u on u.id = auth.uid()
    where l.id = lesson and not l.is_deleted and u.status = 'active' and (
      u.role in ('admin', 'superadmin') or u.role = 'mentor' and app_mentor_covers_course(u.id, m.course_id)))
$$;

-- Whether the person may hang a file on this row. What a file hangs on decides who reads it: nobody may place a file among a
-- lesson's attachments, on somebody else's attempt, or on a record that is not theirs. One line per table that takes files;
-- `contract/rules/file-places.ts` says where its files lie. A row that does not exist yet is allowed where its files come first.
create or replace function app_may_link(to_table text, to_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when to_table is null then to_id is null
    when to_id is null then false
    when to_table in ('users', 'mentors') then to_id = auth.uid()
    -- The attempt itself comes after its files.
    when to_table = 'submissions' then
      not exists (select from submissions s where s.id = to_id and s.student_id <> auth.uid())
    when to_table = 'available_lessons' then app_may_teach_lesson(to_id)
    when to_table = 'recording_attachments' then
      exists (select from recording_attachments a where a.id = to_id and not a.is_deleted and app_may_teach_lesson(a.lesson_id))
    -- Shown to nobody until the row, written by the file's owner, names the file; so the link itself need not be judged.
    when to_table in ('support_tickets', 'support_ticket_replies', 'message_threads', 'messages') then true
    else false
  end
$$;

grant execute on function app_may_link(text, uuid)
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
