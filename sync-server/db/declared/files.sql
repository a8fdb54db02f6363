create or replace function app_is_staff() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from users u where u.id = auth.uid() and u.role in ('admin', 'superadmin') and u.status = 'active')
$$;

-- Admins add to every lesson, mentors to those of the courses they cover.
create or replace function app_may_teach_lesson(lesson uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from available_lessons l join modules m on m.id = l.module_id join users u on u.id = auth.uid()
    where l.id = lesson and not l.is_deleted and (
      app_is_staff() or u.role = 'mentor' and u.status = 'active' and app_mentor_covers_course(u.id, m.course_id)))
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
    -- So does what a student or one of the team is about to send; once it is there, it is its author's. Such a file is shown to
    -- nobody until the row, written by the file's owner, names it (`sync_ticket_of_file`, `sync_thread_of_file`).
    when to_table = 'support_tickets' then not exists (
      select from support_tickets t where t.id = to_id
        and auth.uid() not in (t.student_id, t.created_by, coalesce(t.assigned_to, t.created_by)) and not app_is_staff())
    when to_table = 'support_ticket_replies' then
      not exists (select from support_ticket_replies r where r.id = to_id and r.user_id <> auth.uid())
    when to_table = 'messages' then
      not exists (select from messages m where m.id = to_id and m.user_id <> auth.uid())
    when to_table = 'message_threads' then not exists (
      select from message_threads h where h.id = to_id
        and not exists (select from thread_members m where m.thread_id = h.id and m.user_id = auth.uid() and not m.is_deleted)
        and not (h.kind = 'staff_inbox' and exists (select from users u where u.id = auth.uid() and u.role <> 'student')))
    when to_table = 'onboarding_responses' then
      not exists (select from onboarding_responses r where r.id = to_id and r.user_id <> auth.uid())
    when to_table = 'payment_proofs' then
      app_is_staff() or not exists (select from payment_proofs p where p.id = to_id and p.student_id <> auth.uid())
    when to_table in ('installment_payments', 'resources') then app_is_staff()
    when to_table = 'available_lessons' then app_may_teach_lesson(to_id)
    when to_table = 'recording_attachments' then
      exists (select from recording_attachments a where a.id = to_id and not a.is_deleted and app_may_teach_lesson(a.lesson_id))
    else false
  end
$$;

grant execute on function app_may_link(text, uuid)
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
