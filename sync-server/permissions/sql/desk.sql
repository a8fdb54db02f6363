-- Sessions, tickets and conversations: who is meant by them, and what hangs on them.

-- The one answer to "for whom is a session like this" (data model R25): readers, preview, notices and attendance all ask here.
-- An enrolment counts unless it is cancelled. `among` narrows the answer to these students; null = everybody. Many plans at
-- once, because it is asked about one student and all sessions whenever the student's enrolments move.
create or replace function app_session_audiences(plans app_session_plan[], among uuid[])
returns table (session_id uuid, student_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  if cardinality(plans) = 0 then return; end if;
  -- Said as a list even where it is everybody, so that the rows of a few are found by index.
  if among is null then
    among := array(select distinct e.student_id from course_enrollments e where not e.is_deleted and e.status <> 'cancelled');
  end if;
  return query
  with plan as materialized (
    select * from unnest(plans) as p
  ),
  enrolled as materialized (
    select e.id, e.student_id, e.batch_id, e.enrolled_at from course_enrollments e
    where e.student_id = any (among) and not e.is_deleted and e.status <> 'cancelled'
  ),
  reached as materialized (
    select distinct r.enrollment_id, r.student_id, r.course_id from sync_reached_courses r where r.student_id = any (among)
  )
  select p.id, e.student_id from plan p cross join enrolled e where p.audience = 'all'
  union
  select p.id, r.student_id from plan p join reached r on r.course_id = p.course_id where p.audience = 'course'
  union
  select p.id, e.student_id from plan p join enrolled e on e.batch_id = any (p.batch_ids)
  where p.audience = 'batches' and (p.course_id is null or exists (
    select from reached r where r.student_id = e.student_id and r.course_id = p.course_id))
  union
  select p.id, e.student_id from plan p
  join reached r on r.course_id = p.course_id
  join enrolled e on e.id = r.enrollment_id and e.batch_id is null and e.enrolled_at < p.start_time
  where p.audience = 'unbatched';
end $$;

-- The same for one plan.
create or replace function app_session_audience(
  audience text, course uuid, batches uuid[], starts timestamptz, among uuid[] default null) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select a.student_id from app_session_audiences(array[row(null, audience, course, batches, starts)::app_session_plan], among) a
$$;

-- Learning is open to these students: neither limited nor left, and something was paid. The others read no link of a session.
create or replace function sync_open_students(students uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select id from users where id = any (students) and lms_status in ('active', 'complete')
$$;

-- What students may see of sessions: those for all and those of a course by flat and course scopes, so that a session for
-- five thousand people moves nobody; the others by a scope of their own. Each once for the notice and once for the link (a
-- course's own, `cs` and `co`, with the other course scopes).
create or replace function sync_session_scopes(students uuid[]) returns table (user_id uuid, scope text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  open constant uuid[] := array(select sync_open_students(students));
  batches constant uuid[] := array(
    select distinct e.batch_id from course_enrollments e
    where e.student_id = any (students) and not e.is_deleted and e.status <> 'cancelled' and e.batch_id is not null);
  courses constant uuid[] := array(
    select distinct r.course_id from sync_reached_courses r where r.student_id = any (students));
  plans constant app_session_plan[] := array(
    select row(s.id, s.audience, s.course_id, s.batch_ids, s.start_time)::app_session_plan from success_sessions s
    where s.audience = 'batches' and s.batch_ids && batches and s.status <> 'draft' and not s.is_deleted
    union all
    select row(s.id, s.audience, s.course_id, s.batch_ids, s.start_time)::app_session_plan from success_sessions s
    where s.audience = 'unbatched' and s.course_id = any (courses) and s.status <> 'draft' and not s.is_deleted);
begin
  return query
  select distinct e.student_id, kind.scope from course_enrollments e
  cross join lateral (select 'learners' as scope union all select 'open' where e.student_id = any (open)) kind
  where e.student_id = any (students) and not e.is_deleted and e.status <> 'cancelled'
  union all
  select a.student_id, kind.scope || a.session_id from app_session_audiences(plans, students) a
  cross join lateral (select 'se:' as scope union all select 'so:' where a.student_id = any (open)) kind;
end $$;

-- Who is part of a conversation. An inbox belongs to its student; the team reads it by role, not by a row, so that who leaves
-- the team leaves it.
create or replace view sync_thread_people as
  select m.user_id, m.thread_id, 'th:' || m.thread_id as scope
  from thread_members m
  join message_threads t on t.id = m.thread_id and not t.is_deleted
  join users u on u.id = m.user_id and u.status = 'active' and not u.login_blocked and not u.is_deleted
  where not m.is_deleted and (t.kind <> 'staff_inbox' or t.student_id = m.user_id);
revoke all on sync_thread_people from public;

create or replace function sync_thread_scopes(people uuid[]) returns table (user_id uuid, scope text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query select p.user_id, p.scope from sync_thread_people p where p.user_id = any (people);
end $$;

-- Brings the memberships of these conversations up to date, without a look at what else their members read.
create or replace function sync_refresh_threads(threads uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = 'auto' as $$
declare
  scopes constant text[] := array(select 'th:' || thread from unnest(threads) as thread);
  people constant uuid[] := array(
    select m.user_id from thread_members m where m.thread_id = any (threads)
    union select h.user_id from sync_members h where h.scope = any (scopes) and h.lost is null);
begin
  if cardinality(people) = 0 then return; end if;
  perform sync_lock_readers(people);
  perform sync_move_members(
    array(select row(p.user_id, p.scope)::sync_membership from sync_thread_people p where p.thread_id = any (threads)),
    array(select row(h.user_id, h.scope)::sync_membership from sync_members h where h.scope = any (scopes) and h.lost is null));
end $$;

create or replace function sync_host_of_session(session uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select mentor_id from success_sessions where id = session and not is_deleted
$$;

-- Whether somebody belongs to the team at all: only then does opening a ticket or being assigned to it show it.
create or replace function sync_is_team(person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from users where id = person and role <> 'student')
$$;

create or replace function sync_student_of_ticket(ticket uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select student_id from support_tickets where id = ticket and not is_deleted
$$;
create or replace function sync_opener_of_ticket(ticket uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select created_by from support_tickets where id = ticket and not is_deleted and sync_is_team(created_by)
$$;
create or replace function sync_assignee_of_ticket(ticket uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select assigned_to from support_tickets where id = ticket and not is_deleted and sync_is_team(assigned_to)
$$;

-- The answer, or the ticket itself, that a file is part of: its owner wrote it and it names the file. What a file says about
-- itself shows it to nobody. `internal_too` = false passes over what is for the team alone.
create or replace function sync_ticket_of_file(
  file uuid, linked_table text, linked_id uuid, owner uuid, internal_too boolean) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case linked_table
    when 'support_tickets' then (
      select t.id from support_tickets t
      where t.id = linked_id and t.created_by = owner and file = any (t.file_ids) and not t.is_deleted)
    when 'support_ticket_replies' then (
      select r.ticket_id from support_ticket_replies r join support_tickets t on t.id = r.ticket_id and not t.is_deleted
      where r.id = linked_id and r.user_id = owner and file = any (r.file_ids) and not r.is_deleted
        and (internal_too or not r.is_internal))
  end
$$;

-- The conversation a file was sent in, by its sender, in a message that names it.
create or replace function sync_thread_of_file(file uuid, linked_table text, linked_id uuid, owner uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.thread_id from messages m
  where linked_table = 'messages' and m.id = linked_id and m.user_id = owner and file = any (m.file_ids) and not m.is_deleted
$$;

-- The student of an inbox; null for any other conversation.
create or replace function sync_student_of_inbox(thread uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select student_id from message_threads where id = thread and kind = 'staff_inbox' and not is_deleted
$$;

-- The conversation, unless it is one to many: there the members do not know of each other.
create or replace function sync_mutual_thread(thread uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select id from message_threads where id = thread and kind <> 'broadcast' and not is_deleted
$$;
create or replace function sync_sender_of_broadcast(thread uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select created_by from message_threads where id = thread and kind = 'broadcast' and not is_deleted
$$;

grant execute on function
  sync_host_of_session(uuid), sync_is_team(uuid), sync_student_of_ticket(uuid), sync_opener_of_ticket(uuid),
  sync_assignee_of_ticket(uuid), sync_ticket_of_file(uuid, text, uuid, uuid, boolean),
  sync_thread_of_file(uuid, text, uuid, uuid), sync_student_of_inbox(uuid), sync_mutual_thread(uuid),
  sync_sender_of_broadcast(uuid)
to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
