-- Derived writes around submissions. Every function: first argument `key` proves the caller is this program.
-- Rows are locked with `no key update`: a review just inserted already holds its submission's key, so that two reviewers
-- who took the stronger lock would wait for each other for ever.

-- The attempts of one student at one assignment are dealt with one after the other.
create or replace function app_lock_attempts(student uuid, assignment uuid) returns void
language sql volatile as $$
  select pg_advisory_xact_lock(hashtextextended('submissions:' || student || ':' || assignment, 0))
$$;

-- Work a person hands in gets the next attempt number under a lock, so that two devices never share one.
create or replace function app_number_submission() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_lock_attempts(new.student_id, new.assignment_id);
  select coalesce(max(version), 0) + 1 into new.version
  from submissions where student_id = new.student_id and assignment_id = new.assignment_id;
  return new;
end $$;
create or replace trigger number_submission before insert on submissions
  for each row when (current_user = 'app_student') execute function app_number_submission();

-- Stamps an attempt that the student's own insert has just made (number and `pending` are already its own).
-- reviewer null = whoever is in scope. `signed_receipt` goes to all who read the row, which keeps the operation's version token.
create function server_accept_submission(
  key text, submission uuid, received_at timestamptz, late boolean, reviewer uuid default null,
  signed_receipt text default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform set_config('app.keep_v', 'on', true);
  update submissions s set submitted_at = received_at, is_late = late, assigned_to = coalesce(reviewer, s.assigned_to),
    receipt = signed_receipt
  where s.id = submission and s.status = 'pending';
  if not found then
    raise exception 'no pending submission %', submission using errcode = 'no_data_found';
  end if;
  perform set_config('app.keep_v', 'off', true);
end $$;

-- Ties files to the row that uses them: the owner's own, unless they already belong to another attempt that exists.
create function server_link_files(key text, owner uuid, file_ids uuid[], to_table text, to_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update files f set linked_table = to_table, linked_id = to_id
  where f.id = any (file_ids) and f.owner_id = owner and not f.is_deleted
    and (f.linked_table, f.linked_id) is distinct from (to_table, to_id)
    and not exists (select from submissions s where f.linked_table = 'submissions' and s.id = f.linked_id and s.id <> to_id);
end $$;

-- The student's wish to withdraw: done while pending. Answers the status that holds now, null when there is no such row.
create function server_withdraw_submission(key text, submission uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare now_status text;
begin
  perform app_check_server_key(key);
  perform set_config('app.keep_v', 'on', true);
  update submissions s set status = 'withdrawn' where s.id = submission and s.status = 'pending' and not s.is_deleted;
  perform set_config('app.keep_v', 'off', true);
  select s.status into now_status from submissions s where s.id = submission;
  return now_status;
end $$;

-- Locks the reviewed attempt and tells what a rule needs to judge a verdict on it.
create function server_lock_submission(key text, submission uuid)
returns table (
  student_id uuid, assignment_id uuid, lesson_id uuid, course_id uuid, version int, latest_version int, status text,
  reviewed_by uuid, reviewed_at timestamptz, later_lesson_watched boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform app_lock_attempts(s.student_id, s.assignment_id) from submissions s where s.id = submission;
  return query
    select s.student_id, s.assignment_id, a.lesson_id, app_assignment_course(a.id), s.version,
      (select max(o.version) from submissions o
       where o.student_id = s.student_id and o.assignment_id = s.assignment_id and not o.is_deleted),
      s.status, s.reviewed_by, s.reviewed_at,
      exists (
        select from available_lessons own
        join modules own_module on own_module.id = own.module_id
        join modules m on m.course_id = own_module.course_id
        join available_lessons later on later.module_id = m.id
        join recording_views w on w.lesson_id = later.id and w.user_id = s.student_id and w.watched
        where own.id = a.lesson_id
          and (m.sequence_order, m.id, later.sequence_order, later.id)
            > (own_module.sequence_order, own_module.id, own.sequence_order, own.id))
    from submissions s join assignments a on a.id = s.assignment_id
    where s.id = submission and not s.is_deleted
    for no key update of s;
end $$;

-- Carries out a verdict that its reviewer has just inserted and stamps the reviewer's name on it. Answers what became of it:
-- `applied`, or `superseded` when the attempt was decided before, withdrawn, or is no longer the latest.
-- Whether this reviewer may reopen or revoke at all is the rule's business and was asked before.
create function server_apply_review(key text, review uuid, decided_at timestamptz) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r submission_reviews;
  s submissions;
  is_latest boolean;
  result text := 'superseded';
begin
  perform app_check_server_key(key);
  select * into strict r from submission_reviews where id = review;
  perform app_lock_attempts(x.student_id, x.assignment_id) from submissions x where x.id = r.submission_id;
  select * into strict s from submissions where id = r.submission_id for no key update;
  is_latest := r.submission_version = s.version and not exists (
    select from submissions o where o.student_id = s.student_id and o.assignment_id = s.assignment_id
      and o.version > s.version and not o.is_deleted);
  if r.decision = 'comment' then
    result := 'applied';
  elsif is_latest and r.decision = 'reopened' and s.status in ('approved', 'declined') then
    update submissions set status = 'pending', notes = null, score = null, reviewed_by = null, reviewed_at = null
    where id = s.id;
    result := 'applied';
  elsif is_latest and r.decision in ('approved', 'declined') and s.status = 'pending' then
    update submissions set status = r.decision, notes = r.notes, score = r.score,
      reviewed_by = r.reviewer_id, reviewed_at = decided_at
    where id = s.id;
    result := 'applied';
  end if;
  -- The review keeps the operation's version token: the reviewer's device knows its own row by it.
  perform set_config('app.keep_v', 'on', true);
  update submission_reviews
  set outcome = result, reviewer_name = (select u.full_name from users u where u.id = r.reviewer_id)
  where id = review;
  perform set_config('app.keep_v', 'off', true);
  return result;
end $$;

-- An admin takes an approval back: the attempt becomes declined, with the reason as its notes.
create function server_revoke_approval(
  key text, submission uuid, actor uuid, reason text, decided_at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update submissions s set status = 'declined', notes = reason, reviewed_by = actor, reviewed_at = decided_at
  where s.id = submission and s.status = 'approved' and not s.is_deleted;
  return found;
end $$;

-- Whom to tell about new work: its reviewer, else the assignment's mentor, else the student's primary mentor,
-- else the mentors of the course, else the staff (workflows 3.17).
create function server_submission_audience(key text, submission uuid) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    with work as (
      select s.assigned_to, s.student_id, a.mentor_id, app_assignment_course(a.id) as course_id
      from submissions s join assignments a on a.id = s.assignment_id where s.id = submission
    ), candidate as (
      select 1 as place, w.assigned_to as person from work w
      union all select 2, w.mentor_id from work w
      union all select 3, m.mentor_id from work w join student_mentor_assignments m
        on m.student_id = w.student_id and m.is_primary and m.ended_at is null and not m.is_deleted
      union all select 4, c.mentor_id from work w join mentor_course_assignments c
        on (c.course_id = w.course_id or c.is_global) and not c.is_deleted
      union all select 5, u.id from users u where u.role in ('admin', 'superadmin')
    ), reachable as (
      select c.place, c.person from candidate c join users u on u.id = c.person
      where u.status = 'active' and not u.is_deleted
    )
    select distinct r.person from reachable r where r.place = (select min(x.place) from reachable x);
end $$;
