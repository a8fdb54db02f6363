-- What handing in and reviewing cause beyond the person's own row. The rules are contract/rules/{submitting,reviewing}.ts.

-- A student's attempt is numbered here, whatever the device thought; the unique key holds if two arrive at once.
create or replace function submissions_number_attempt() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if current_user = 'app_student' then
    select coalesce(max(s.version), 0) + 1 into new.version from submissions s
    where s.student_id = new.student_id and s.assignment_id = new.assignment_id;
  end if;
  return new;
end $$;
drop trigger if exists number_attempt on submissions;
create trigger number_attempt before insert on submissions
  for each row execute function submissions_number_attempt();

-- What the guard of a submission needs about its lesson: unlock state, when a gate shut it, and the latest attempt.
-- Null when there is no such assignment.
create or replace function server_submission_facts(key text, student uuid, assignment uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform server_lock_student(key, student);
  return (
    select jsonb_build_object(
      'assignment', to_jsonb(a) - array['v', 'created_at', 'updated_at'],
      'lesson_title', l.recording_title,
      'course_id', coalesce(m.course_id, a.course_id),
      'unlock', (select jsonb_build_object('is_unlocked', k.is_unlocked, 'unlocked_at', k.unlocked_at,
          'reason', k.reason, 'available_at', k.available_at, 'offline_openable', k.offline_openable,
          'changed_at', k.updated_at)
        from user_unlocks k where k.user_id = student and k.lesson_id = a.lesson_id and not k.is_deleted),
      'restricted_since', (select min(p.starts_at) from suspensions p
        where p.user_id = student and p.lifted_at is null and not p.is_deleted),
      'access_ended_at', (select max(e.access_expires_at) from course_enrollments e
        where e.student_id = student and not e.is_deleted),
      'latest', (select jsonb_build_object('version', s.version, 'status', s.status) from submissions s
        where s.student_id = student and s.assignment_id = a.id and not s.is_deleted
        order by s.version desc limit 1),
      'settings', (select jsonb_build_object('submission_max_files', c.submission_max_files,
          'submission_max_file_mb', c.submission_max_file_mb, 'offline_lease_days', c.offline_lease_days)
        from company_settings c))
    from assignments a
    left join available_lessons l on l.id = a.lesson_id
    left join modules m on m.id = l.module_id
    where a.id = assignment and not a.is_deleted);
end $$;

-- Sets the server's columns of an accepted attempt and tells who should review it: the person it was given to, else the
-- assignment's mentor, else the student's primary mentor, else the mentors of the course, else staff (workflows 3.17).
create or replace function server_settle_submission(key text, submission uuid, late boolean, moment timestamptz)
returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  work submissions%rowtype;
  task assignments%rowtype;
  course uuid;
begin
  perform app_check_server_key(key);
  update submissions s set is_late = late, submitted_at = moment where s.id = submission returning * into work;
  select * into task from assignments a where a.id = work.assignment_id;
  select coalesce(m.course_id, task.course_id) into course from (select 1) one
    left join available_lessons l on l.id = task.lesson_id left join modules m on m.id = l.module_id;
  -- The files belong to this attempt from now on and cannot be replaced.
  update files f set linked_table = 'submissions', linked_id = submission
  where f.id = any (work.file_ids) and f.owner_id = work.student_id and f.linked_id is distinct from submission;

  return query select u.id from users u
    where u.id = coalesce(work.assigned_to, task.mentor_id) and u.status = 'active' and not u.is_deleted;
  if found then return; end if;
  return query select a.mentor_id from student_mentor_assignments a join users u on u.id = a.mentor_id
    where a.student_id = work.student_id and a.is_primary and a.ended_at is null and not a.is_deleted
      and u.status = 'active';
  if found then return; end if;
  return query select a.mentor_id from mentor_course_assignments a join users u on u.id = a.mentor_id
    where (a.course_id = course or a.is_global) and not a.is_deleted and u.status = 'active';
  if found then return; end if;
  return query select u.id from users u
    where u.role in ('admin', 'superadmin') and u.status = 'active' and not u.is_deleted;
end $$;

create or replace function server_withdraw_submission(key text, submission uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update submissions s set status = 'withdrawn' where s.id = submission and s.status = 'pending';
end $$;

-- The attempt (locked), what a verdict needs to know about it, and whether this reviewer may judge it. Null when it is gone.
create or replace function server_review_facts(key text, submission uuid, reviewer uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  student uuid;
  work submissions%rowtype;
begin
  perform app_check_server_key(key);
  select s.student_id into student from submissions s where s.id = submission;
  if not found then return null; end if;
  -- First the student, then the row, as everywhere: nobody waits in a circle.
  perform server_lock_student(key, student);
  select * into work from submissions s where s.id = submission and not s.is_deleted for update;
  if not found then return null; end if;
  return (
    select jsonb_build_object(
      'submission', jsonb_build_object('id', work.id, 'assignment_id', work.assignment_id, 'student_id', student,
        'version', work.version, 'status', work.status, 'reviewed_by', work.reviewed_by, 'reviewed_at', work.reviewed_at),
      'assignment_name', a.name,
      'lesson_id', a.lesson_id,
      'course_id', coalesce(here.course_id, a.course_id),
      'student_name', (select u.full_name from users u where u.id = student),
      'latest_version', (select max(s.version) from submissions s
        where s.student_id = student and s.assignment_id = work.assignment_id and not s.is_deleted),
      'later_lesson_watched', exists (
        select from recording_views v join available_lessons l on l.id = v.lesson_id join modules m on m.id = l.module_id
        where v.user_id = student and v.watched and l.is_published and m.course_id = here.course_id
          and (m.sequence_order, m.id, l.sequence_order, l.id)
            > (here.module_order, here.module_id, here.lesson_order, here.lesson_id)),
      'in_scope', exists (select from student_mentor_assignments x where x.mentor_id = reviewer
          and x.student_id = student and x.ended_at is null and not x.is_deleted)
        or exists (select from mentor_course_assignments x where x.mentor_id = reviewer and not x.is_deleted
          and (x.is_global or x.course_id = coalesce(here.course_id, a.course_id)))
        or reviewer in (work.assigned_to, a.mentor_id))
    from assignments a
    left join lateral (
      select m.course_id, m.sequence_order as module_order, m.id as module_id,
        l.sequence_order as lesson_order, l.id as lesson_id
      from available_lessons l join modules m on m.id = l.module_id where l.id = a.lesson_id) as here on true
    where a.id = work.assignment_id);
end $$;

-- Gives a stored review its effect: the reviewer's name and outcome on the review, the new status on the work.
create or replace function server_apply_review(key text, review uuid, new_status text, moment timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare verdict submission_reviews%rowtype;
begin
  perform app_check_server_key(key);
  update submission_reviews r
  set outcome = 'applied', reviewer_name = (select u.full_name from users u where u.id = r.reviewer_id)
  where r.id = review returning * into verdict;
  if verdict.decision = 'comment' then return; end if;
  update submissions s set
    status = new_status,
    notes = case when verdict.decision = 'reopened' then null else verdict.notes end,
    score = case when verdict.decision = 'reopened' then null else verdict.score end,
    reviewed_by = case when verdict.decision = 'reopened' then null else verdict.reviewer_id end,
    reviewed_at = case when verdict.decision = 'reopened' then null else moment end
  where s.id = verdict.submission_id;
end $$;

grant execute on function
  server_submission_facts(text, uuid, uuid),
  server_settle_submission(text, uuid, boolean, timestamptz),
  server_withdraw_submission(text, uuid),
  server_review_facts(text, uuid, uuid),
  server_apply_review(text, uuid, text, timestamptz)
to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
