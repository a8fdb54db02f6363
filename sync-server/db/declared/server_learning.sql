-- What the rules in TypeScript need to know about a student, and where their results are stored.

-- Every course the student's enrolments lead to, cancelled ones included, so that their lessons can be locked again.
create function server_student_courses(key text, student uuid) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    select distinct course from course_enrollments e, app_enrolment_courses(e.id) as course
    where e.student_id = student and not e.is_deleted;
end $$;

-- Students whose dates have come since their decisions were stored: a drip date, or the end of an access. Oldest first;
-- `seen` are left out, so that one whose recomputation failed does not come again and again.
create function server_students_due(key text, moment timestamptz, at_most int, seen uuid[]) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    select due.student from (
      select k.user_id as student, k.available_at as since from user_unlocks k
      where not k.is_unlocked and k.reason = 'drip_locked' and k.available_at <= moment and not k.is_deleted
      union all
      select e.student_id, e.access_expires_at from course_enrollments e
      where e.access_expires_at <= moment and e.access_expires_at > moment - interval '2 days' and not e.is_deleted
    ) as due
    where due.student <> all (seen)
    group by due.student order by min(due.since) limit at_most;
end $$;

-- What decides whether a report of watching is believed; null where nothing was ever decided about this lesson for him.
create function server_watch_facts(key text, student uuid, lesson uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
begin
  perform app_check_server_key(key);
  return (
    select jsonb_build_object(
      'has_media', l.has_media,
      'duration_seconds', (select m.duration_seconds from lesson_media m where m.id = l.id and not m.is_deleted),
      'watch_complete_percent', (select c.watch_complete_percent from company_settings c),
      'unlocked_at', k.unlocked_at, 'source', k.source, 'available_at', k.available_at,
      'offline_openable', k.offline_openable,
      'watched', exists (select from recording_views w where w.user_id = student and w.lesson_id = l.id and w.watched))
    from available_lessons l join user_unlocks k on k.lesson_id = l.id and k.user_id = student and not k.is_deleted
    where l.id = lesson and not l.is_deleted);
end $$;

-- The facts of `CourseFacts` (contract/rules/unlocking.ts) but `now`, as one document; null when the course is unknown.
-- Instants are ISO 8601 text. Besides them: `unlocks`, the decisions stored so far.
create function server_course_facts(key text, student uuid, course uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare facts jsonb;
begin
  perform app_check_server_key(key);
  with
    lesson as (
      select l.* from available_lessons l join modules m on m.id = l.module_id
      where m.course_id = course and not l.is_deleted and not m.is_deleted),
    task as (
      select a.* from assignments a where a.lesson_id in (select id from lesson) and not a.is_deleted),
    enrolment as (
      select e.* from course_enrollments e
      where e.student_id = student and not e.is_deleted and course in (select app_enrolment_courses(e.id)))
  select jsonb_build_object(
    'settings', (
      select jsonb_build_object(
        'lms_sequential_unlock', c.lms_sequential_unlock, 'drip_enabled_default', c.drip_enabled_default,
        'rating_gate_from', c.rating_gate_from, 'lookahead_lessons', c.lookahead_lessons, 'timezone', c.timezone,
        'watch_complete_percent', c.watch_complete_percent)
      from company_settings c),
    'student', (
      select jsonb_build_object(
        'lms_status', u.lms_status, 'lms_status_reason', u.lms_status_reason, 'fees_cleared', s.fees_cleared,
        'open_causes', (
          select coalesce(jsonb_agg(distinct p.cause), '[]') from suspensions p
          where p.user_id = u.id and p.lifted_at is null and not p.is_deleted
            and p.starts_at <= now() and (p.ends_at is null or p.ends_at > now())))
      from users u join students s on s.id = u.id where u.id = student),
    'course', (select jsonb_build_object('id', c.id, 'drip_enabled', c.drip_enabled) from courses c where c.id = course),
    'modules', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', m.id, 'course_id', m.course_id, 'sequence_order', m.sequence_order)), '[]')
      from modules m where m.course_id = course and not m.is_deleted),
    'lessons', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', l.id, 'module_id', l.module_id, 'recording_title', l.recording_title,
        'sequence_order', l.sequence_order, 'is_published', l.is_published, 'drip_days', l.drip_days)), '[]')
      from lesson l),
    'assignments', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', a.id, 'lesson_id', a.lesson_id, 'is_required', a.is_required, 'is_active', a.is_active,
        'name', a.name, 'due_days', a.due_days)), '[]')
      from task a),
    'enrolments', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', e.id, 'course_id', e.course_id, 'pathway_id', e.pathway_id, 'current_course_id', e.current_course_id,
        'awaiting_choice', e.awaiting_choice,
        'status', e.status, 'enrolled_at', e.enrolled_at, 'access_expires_at', e.access_expires_at,
        'drip_override', e.drip_override, 'drip_enabled', e.drip_enabled,
        'sequential_override', e.sequential_override, 'sequential_enabled', e.sequential_enabled,
        'payment_status', e.payment_status,
        'first_installment_paid', exists (
          select from invoices i
          where i.enrollment_id = e.id and i.installment_number = 1 and i.status = 'paid' and not i.is_deleted),
        'batch', (
          select jsonb_build_object('start_date', b.start_date, 'timezone', b.timezone)
          from batches b where b.id = e.batch_id and not b.is_deleted),
        'pathway_drip_enabled', (select p.drip_enabled from learning_pathways p where p.id = e.pathway_id))), '[]')
      from enrolment e),
    'pathway_courses', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'pathway_id', s.pathway_id, 'course_id', s.course_id, 'step_number', s.step_number,
        'is_choice_point', s.is_choice_point, 'choice_group', s.choice_group, 'is_mandatory', s.is_mandatory)), '[]')
      from pathway_courses s
      where not s.is_deleted and s.pathway_id in (select e.pathway_id from enrolment e)),
    'choices', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'pathway_id', c.pathway_id, 'choice_group', c.choice_group, 'selected_course_id', c.selected_course_id)), '[]')
      from pathway_choice_selections c
      where c.student_id = student and not c.is_deleted and c.pathway_id in (select e.pathway_id from enrolment e)),
    'drip_overrides', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'lesson_id', o.lesson_id, 'course_id', o.course_id, 'pathway_id', o.pathway_id, 'drip_days', o.drip_days)), '[]')
      from lesson_drip_overrides o where o.course_id = course and not o.is_deleted),
    'views', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'lesson_id', w.lesson_id, 'watched', w.watched, 'watched_at', w.watched_at)), '[]')
      from recording_views w
      where w.user_id = student and not w.is_deleted and w.lesson_id in (select id from lesson)),
    'submissions', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'assignment_id', s.assignment_id, 'version', s.version, 'status', s.status)), '[]')
      from submissions s
      where s.student_id = student and not s.is_deleted and s.assignment_id in (select id from task)),
    'ratings', (
      select coalesce(jsonb_agg(jsonb_build_object('lesson_id', r.lesson_id)), '[]')
      from recording_ratings r
      where r.user_id = student and not r.is_deleted and r.lesson_id in (select id from lesson)),
    'manual_unlocks', (
      select coalesce(jsonb_agg(k.lesson_id), '[]') from user_unlocks k
      where k.user_id = student and k.source = 'manual' and not k.is_deleted
        and k.lesson_id in (select id from lesson)),
    'unlocks', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'lesson_id', k.lesson_id, 'is_unlocked', k.is_unlocked, 'unlocked_at', k.unlocked_at, 'reason', k.reason)), '[]')
      from user_unlocks k
      where k.user_id = student and not k.is_deleted and k.lesson_id in (select id from lesson))
  ) into facts
  where exists (select from courses c where c.id = course and not c.is_deleted);
  return facts;
end $$;

-- Stores decisions: rows = [{lesson_id, is_unlocked, reason, source?, available_at?, blocking_lesson_id?, offline_openable}].
-- The first opening (date, source) is kept for ever and a manual one is never overwritten; an unchanged row is not touched.
-- Answers the lessons that opened for the first time.
create function server_store_unlocks(key text, student uuid, rows jsonb, decided_at timestamptz) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  -- Two recomputations of one student (a review and a view at once) take turns.
  perform pg_advisory_xact_lock(hashtextextended('user_unlocks:' || student, 0));
  return query
    with decision as (
      select d.* from jsonb_to_recordset(rows) as d(
        lesson_id uuid, is_unlocked boolean, reason text, source text, available_at timestamptz,
        blocking_lesson_id uuid, offline_openable boolean)
    ), opened_before as (
      select k.lesson_id from user_unlocks k
      where k.user_id = student and k.unlocked_at is not null and k.lesson_id in (select d.lesson_id from decision d)
    ), stored as (
      insert into user_unlocks as k (
        user_id, lesson_id, is_unlocked, unlocked_at, source, reason, available_at, blocking_lesson_id, offline_openable)
      select student, d.lesson_id, d.is_unlocked, case when d.is_unlocked then decided_at end,
        coalesce(d.source, 'rule'), d.reason, d.available_at, d.blocking_lesson_id, coalesce(d.offline_openable, false)
      from decision d order by d.lesson_id
      on conflict (user_id, lesson_id) do update set
        is_unlocked = excluded.is_unlocked,
        unlocked_at = coalesce(k.unlocked_at, excluded.unlocked_at),
        source = case when k.unlocked_at is null and k.source <> 'manual' then excluded.source else k.source end,
        reason = excluded.reason,
        available_at = excluded.available_at,
        blocking_lesson_id = excluded.blocking_lesson_id,
        offline_openable = excluded.offline_openable,
        is_deleted = false
      where (k.is_unlocked, k.reason, k.available_at, k.blocking_lesson_id, k.offline_openable, k.is_deleted)
        is distinct from (excluded.is_unlocked, excluded.reason, excluded.available_at, excluded.blocking_lesson_id,
                          excluded.offline_openable, false)
      returning k.lesson_id, k.is_unlocked
    )
    select s.lesson_id from stored s
    where s.is_unlocked and s.lesson_id not in (select o.lesson_id from opened_before o);
end $$;

-- Stores what follows from the ranges a student has just reported. Watched and its date only ever move one way.
-- `ranges` null = as reported; given = what the server believes of it. The row keeps the operation's version token.
-- Answers true when the lesson became watched by this.
create function server_store_view(
  key text, student uuid, lesson uuid, seconds double precision, is_watched boolean, seen_at timestamptz,
  ranges jsonb default null) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare was_watched boolean;
begin
  perform app_check_server_key(key);
  select w.watched into was_watched from recording_views w
  where w.user_id = student and w.lesson_id = lesson for no key update;
  if not found then
    raise exception 'no view of lesson % by %', lesson, student using errcode = 'no_data_found';
  end if;
  perform set_config('app.keep_v', 'on', true);
  update recording_views w set
    watched_seconds = seconds,
    watched_ranges = coalesce(ranges, w.watched_ranges),
    watched = w.watched or is_watched,
    watched_at = case when w.watched or is_watched then least(w.watched_at, case when is_watched then seen_at end) end
  where w.user_id = student and w.lesson_id = lesson;
  perform set_config('app.keep_v', 'off', true);
  return is_watched and not was_watched;
end $$;

-- Counts a lesson as watched without playing (accepted work, or the explicit mark where the length is unknown).
-- Answers true when it was not watched before.
create function server_mark_watched(key text, student uuid, lesson uuid, seen_at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into recording_views as w (user_id, lesson_id, watched, watched_at, last_watched_at)
  values (student, lesson, true, seen_at, seen_at)
  on conflict (user_id, lesson_id) do update set watched = true, watched_at = seen_at where not w.watched;
  return found;
end $$;

-- Stores the roll-ups of one student: enrolments = [{id, progress_percentage, completed}], modules =
-- [{module_id, progress_percentage, is_completed}]. A completed enrolment stays completed; paused and cancelled ones only
-- show their figure. Answers the enrolments that were completed by this.
create function server_store_progress(
  key text, student uuid, enrolments jsonb, module_rows jsonb, decided_at timestamptz) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into user_module_progress as p (user_id, module_id, progress_percentage, is_completed, completed_at)
  select student, d.module_id, d.progress_percentage, d.is_completed, case when d.is_completed then decided_at end
  from jsonb_to_recordset(module_rows) as d(module_id uuid, progress_percentage int, is_completed boolean)
  on conflict (user_id, module_id) do update set
    progress_percentage = excluded.progress_percentage,
    is_completed = excluded.is_completed,
    completed_at = case when excluded.is_completed then coalesce(p.completed_at, excluded.completed_at) end
  where (p.progress_percentage, p.is_completed) is distinct from (excluded.progress_percentage, excluded.is_completed);
  return query
    with result as (
      select d.* from jsonb_to_recordset(enrolments) as d(id uuid, progress_percentage int, completed boolean)
    ), changed as (
      update course_enrollments e set
        progress_percentage = r.progress_percentage,
        status = case when e.status = 'active' and coalesce(r.completed, false) then 'completed' else e.status end,
        completed_at = case when e.status = 'active' and coalesce(r.completed, false) then decided_at else e.completed_at end
      from result r, course_enrollments old
      where e.id = r.id and old.id = e.id and e.student_id = student
        and (e.progress_percentage <> r.progress_percentage or (e.status = 'active' and coalesce(r.completed, false)))
      returning e.id, e.status = 'completed' and old.status <> 'completed' as has_completed
    )
    select c.id from changed c where c.has_completed;
end $$;
