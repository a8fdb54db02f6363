-- Facts for the unlock rule and the place where its result is kept. The rule itself is contract/rules/unlocking.ts.

-- Work on one student's progress goes one after the other: two commits that each see half of it would leave a lesson shut.
create or replace function server_lock_student(key text, student uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform pg_advisory_xact_lock(hashtextextended('progress:' || student::text, 0));
end $$;

-- Everything workflows 2.2 and 2.3 decide by, for one student; `course_ids` null = every course they ever reached.
-- Null when the person is no student.
create or replace function server_unlock_facts(key text, student uuid, course_ids uuid[]) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  reached uuid[];
  facts jsonb;
begin
  perform server_lock_student(key, student);

  select array_agg(distinct course_id) into reached from (
    select e.course_id from course_enrollments e where e.student_id = student and not e.is_deleted
    union select p.course_id from course_enrollments e join pathway_courses p on p.pathway_id = e.pathway_id
      where e.student_id = student and not e.is_deleted and not p.is_deleted
    union select b.course_id from course_enrollments e join batch_courses b on b.batch_id = e.batch_id
      where e.student_id = student and not e.is_deleted and not b.is_deleted
    union select m.course_id from user_unlocks u join available_lessons l on l.id = u.lesson_id
      join modules m on m.id = l.module_id where u.user_id = student
  ) as known where course_id is not null and (course_ids is null or course_id = any (course_ids));

  select jsonb_build_object(
    'student', jsonb_build_object(
      'lms_status', u.lms_status,
      'lms_status_reason', u.lms_status_reason,
      'fees_cleared', s.fees_cleared,
      'open_causes', (select jsonb_agg(distinct p.cause) from suspensions p
        where p.user_id = student and p.lifted_at is null and p.starts_at <= now() and not p.is_deleted)),
    'settings', (select to_jsonb(picked) from (
      select c.lms_sequential_unlock, c.drip_enabled_default, c.rating_gate_from, c.lookahead_lessons, c.timezone,
        c.watch_complete_percent from company_settings c) as picked),
    'courses', (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'title', c.title, 'drip_enabled', c.drip_enabled)
        order by c.sequence_order, c.id), '[]') from courses c where c.id = any (reached) and not c.is_deleted),
    'modules', (select coalesce(jsonb_agg(jsonb_build_object(
        'id', m.id, 'course_id', m.course_id, 'title', m.title, 'sequence_order', m.sequence_order)), '[]')
      from modules m where m.course_id = any (reached) and not m.is_deleted),
    'lessons', (select coalesce(jsonb_agg(jsonb_build_object(
        'id', l.id, 'module_id', l.module_id, 'recording_title', l.recording_title,
        'sequence_order', l.sequence_order, 'is_published', l.is_published, 'drip_days', l.drip_days)), '[]')
      from available_lessons l join modules m on m.id = l.module_id
      where m.course_id = any (reached) and not l.is_deleted and not m.is_deleted),
    'assignments', (select coalesce(jsonb_agg(jsonb_build_object(
        'id', a.id, 'lesson_id', a.lesson_id, 'name', a.name, 'is_required', a.is_required, 'is_active', a.is_active)), '[]')
      from assignments a join available_lessons l on l.id = a.lesson_id join modules m on m.id = l.module_id
      where m.course_id = any (reached) and not a.is_deleted),
    'enrolments', (select coalesce(jsonb_agg(jsonb_build_object(
        'id', e.id, 'course_id', e.course_id, 'pathway_id', e.pathway_id, 'current_course_id', e.current_course_id,
        'awaiting_choice', e.awaiting_choice, 'status', e.status, 'enrolled_at', e.enrolled_at,
        'access_expires_at', e.access_expires_at, 'payment_status', e.payment_status,
        'progress_percentage', e.progress_percentage,
        'drip_override', e.drip_override, 'drip_enabled', e.drip_enabled,
        'sequential_override', e.sequential_override, 'sequential_enabled', e.sequential_enabled,
        'pathway_drip_enabled', p.drip_enabled,
        'first_installment_paid', exists (select from invoices i
          where i.enrollment_id = e.id and i.installment_number = 1 and i.status = 'paid' and not i.is_deleted),
        'batch', case when b.id is not null then jsonb_build_object(
          'start_date', b.start_date, 'timezone', b.timezone,
          'course_ids', (select coalesce(jsonb_agg(bc.course_id), '[]') from batch_courses bc
            where bc.batch_id = b.id and not bc.is_deleted)) end)), '[]')
      from course_enrollments e
      left join learning_pathways p on p.id = e.pathway_id
      left join batches b on b.id = e.batch_id and not b.is_deleted
      where e.student_id = student and not e.is_deleted),
    'pathway_courses', (select coalesce(jsonb_agg(jsonb_build_object(
        'pathway_id', p.pathway_id, 'course_id', p.course_id, 'step_number', p.step_number,
        'is_choice_point', p.is_choice_point, 'is_mandatory', p.is_mandatory)), '[]')
      from pathway_courses p join course_enrollments e on e.pathway_id = p.pathway_id
      where e.student_id = student and not e.is_deleted and not p.is_deleted),
    'drip_overrides', (select coalesce(jsonb_agg(jsonb_build_object(
        'lesson_id', o.lesson_id, 'course_id', o.course_id, 'pathway_id', o.pathway_id, 'drip_days', o.drip_days)), '[]')
      from lesson_drip_overrides o where o.course_id = any (reached) and not o.is_deleted),
    'views', (select coalesce(jsonb_agg(jsonb_build_object(
        'lesson_id', w.lesson_id, 'watched', w.watched, 'watched_at', w.watched_at)), '[]')
      from recording_views w where w.user_id = student and w.watched and not w.is_deleted),
    'submissions', (select coalesce(jsonb_agg(jsonb_build_object(
        'assignment_id', w.assignment_id, 'version', w.version, 'status', w.status)), '[]')
      from submissions w where w.student_id = student and not w.is_deleted),
    'ratings', (select coalesce(jsonb_agg(jsonb_build_object('lesson_id', r.lesson_id)), '[]')
      from recording_ratings r where r.user_id = student and not r.is_deleted),
    'manual_unlocks', (select coalesce(jsonb_agg(k.lesson_id), '[]')
      from user_unlocks k where k.user_id = student and k.source = 'manual' and not k.is_deleted),
    'unlocks', (select coalesce(jsonb_agg(jsonb_build_object(
        'lesson_id', k.lesson_id, 'course_id', m.course_id, 'is_unlocked', k.is_unlocked, 'unlocked_at', k.unlocked_at,
        'reason', k.reason)), '[]')
      from user_unlocks k join available_lessons l on l.id = k.lesson_id join modules m on m.id = l.module_id
      where k.user_id = student and m.course_id = any (reached) and not k.is_deleted)
  ) into facts
  from users u join students s on s.id = u.id
  where u.id = student and not u.is_deleted;
  return facts;
end $$;

-- Stores decisions in place: [{lesson_id, is_unlocked, reason, source, available_at, blocking_lesson_id, offline_openable}].
-- unlocked_at and source keep the first opening, a manual one for good. Returns the lessons opened for the first time.
create or replace function server_store_unlocks(key text, student uuid, decisions jsonb, moment timestamptz)
returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
  with given as (
    select d.* from jsonb_to_recordset(decisions) as d(
      lesson_id uuid, is_unlocked boolean, reason text, source text, available_at timestamptz,
      blocking_lesson_id uuid, offline_openable boolean)
  ), known as (
    select k.lesson_id, k.unlocked_at from user_unlocks k
    where k.user_id = student and k.lesson_id in (select g.lesson_id from given g)
  ), stored as (
    insert into user_unlocks as k
      (user_id, lesson_id, is_unlocked, unlocked_at, source, reason, available_at, blocking_lesson_id, offline_openable)
    select student, g.lesson_id, g.is_unlocked, case when g.is_unlocked then moment end,
      case when g.is_unlocked then g.source else 'rule' end,
      g.reason, g.available_at, g.blocking_lesson_id, g.offline_openable
    from given g
    on conflict (user_id, lesson_id) do update set
      is_unlocked = excluded.is_unlocked,
      unlocked_at = coalesce(k.unlocked_at, excluded.unlocked_at),
      source = case when k.source = 'manual' or k.unlocked_at is not null then k.source else excluded.source end,
      reason = excluded.reason,
      available_at = excluded.available_at,
      blocking_lesson_id = excluded.blocking_lesson_id,
      offline_openable = excluded.offline_openable,
      is_deleted = false
    where (k.is_unlocked, k.reason, k.available_at, k.blocking_lesson_id, k.offline_openable, k.is_deleted)
      is distinct from
      (excluded.is_unlocked, excluded.reason, excluded.available_at, excluded.blocking_lesson_id,
       excluded.offline_openable, false)
    returning k.lesson_id, k.unlocked_at
  )
  select s.lesson_id from stored s left join known n on n.lesson_id = s.lesson_id
  where s.unlocked_at is not null and n.unlocked_at is null;
end $$;

-- Roll-ups: modules [{module_id, percent, complete}], enrolments [{id, percent, complete}].
-- A completed enrolment or module stays so; paused and cancelled ones are never raised again (data model R16).
create or replace function server_store_progress(
  key text, student uuid, module_rows jsonb, enrolment_rows jsonb, moment timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into user_module_progress as p (user_id, module_id, is_completed, progress_percentage, completed_at)
  select student, g.module_id, g.complete, g.percent, case when g.complete then moment end
  from jsonb_to_recordset(module_rows) as g(module_id uuid, percent int, complete boolean)
  on conflict (user_id, module_id) do update set
    is_completed = excluded.is_completed,
    progress_percentage = excluded.progress_percentage,
    completed_at = case when excluded.is_completed then coalesce(p.completed_at, excluded.completed_at) end
  where (p.is_completed, p.progress_percentage) is distinct from (excluded.is_completed, excluded.progress_percentage);

  update course_enrollments e set
    progress_percentage = g.percent,
    status = case when e.status = 'active' and g.complete then 'completed' else e.status end,
    completed_at = case when e.status = 'active' and g.complete then moment else e.completed_at end
  from jsonb_to_recordset(enrolment_rows) as g(id uuid, percent int, complete boolean)
  where e.id = g.id and e.student_id = student
    and (e.progress_percentage <> g.percent or (e.status = 'active' and g.complete));
end $$;

-- Moves a pathway's pointer: to a course, or to the choice that must be made first.
create or replace function server_advance_pathway(key text, enrolment uuid, next_course uuid, choice boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update course_enrollments e
  set current_course_id = coalesce(next_course, e.current_course_id), awaiting_choice = choice
  where e.id = enrolment and e.status = 'active';
end $$;

-- Sets the server's columns of a view: distinct seconds, and from then on `watched`. Returns true when it is watched now
-- and was not before. Makes the row where a submission counts as having watched (data model R14).
create or replace function server_store_watch(key text, student uuid, lesson uuid, seconds double precision,
  is_watched boolean, moment timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare was_watched boolean;
begin
  perform server_lock_student(key, student);
  select v.watched into was_watched from recording_views v where v.user_id = student and v.lesson_id = lesson;
  if not found then
    insert into recording_views (user_id, lesson_id, watched, watched_at, watched_seconds)
    values (student, lesson, is_watched, case when is_watched then moment end, coalesce(seconds, 0));
    return is_watched;
  end if;
  update recording_views v set
    watched_seconds = coalesce(seconds, v.watched_seconds),
    watched = v.watched or is_watched,
    watched_at = coalesce(v.watched_at, case when is_watched then moment end),
    is_deleted = false
  where v.user_id = student and v.lesson_id = lesson;
  return is_watched and not was_watched;
end $$;

-- Students who have a lesson whose date has come since it was stored, oldest date first.
create or replace function server_students_due(key text, moment timestamptz, at_most int) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
  select due.user_id from (
    select k.user_id, min(k.available_at) as since from user_unlocks k
    where not k.is_unlocked and k.reason = 'drip_locked' and k.available_at <= moment and not k.is_deleted
    group by k.user_id
    union all
    -- Access that ended leaves lessons open until somebody looks.
    select e.student_id, min(e.access_expires_at) from course_enrollments e
    where e.access_expires_at <= moment and e.access_expires_at > moment - interval '2 days' and not e.is_deleted
    group by e.student_id
  ) as due group by due.user_id order by min(due.since) limit at_most;
end $$;

grant execute on function
  server_lock_student(text, uuid),
  server_unlock_facts(text, uuid, uuid[]),
  server_store_unlocks(text, uuid, jsonb, timestamptz),
  server_store_progress(text, uuid, jsonb, jsonb, timestamptz),
  server_advance_pathway(text, uuid, uuid, boolean),
  server_store_watch(text, uuid, uuid, double precision, boolean, timestamptz)
to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
