-- Who reads which scope. `sync_desired_scopes` is the whole rule; everything else here keeps sync_members equal to it.

-- The courses a student reaches through an enrolment that is not cancelled (data model, ENR): the direct course, the pathway's
-- courses up to the current step, the courses of the batch. Expired, paused or restricted: the rows stay, locked.
create or replace view sync_reached_courses as
  select e.student_id, e.course_id, e.status, e.id as enrollment_id
  from course_enrollments e
  where not e.is_deleted and e.status <> 'cancelled' and e.course_id is not null
  union
  select e.student_id, p.course_id, e.status, e.id
  from course_enrollments e
  join pathway_courses p on p.pathway_id = e.pathway_id and not p.is_deleted
  left join pathway_courses here
    on here.pathway_id = e.pathway_id and here.course_id = e.current_course_id and not here.is_deleted
  where not e.is_deleted and e.status <> 'cancelled' and (
    e.status = 'completed'
    or p.course_id = e.current_course_id
    or p.step_number < here.step_number
    -- Where the step is a choice, only the chosen course.
    or (p.step_number = here.step_number and not p.is_choice_point)
    or (here.id is null and p.step_number = (
      select min(first.step_number) from pathway_courses first where first.pathway_id = e.pathway_id and not first.is_deleted)))
  union
  select e.student_id, c.course_id, e.status, e.id
  from course_enrollments e
  join batches b on b.id = e.batch_id and not b.is_deleted
  cross join lateral (
    select b.course_id union select bc.course_id from batch_courses bc where bc.batch_id = b.id and not bc.is_deleted
  ) c
  where not e.is_deleted and e.status <> 'cancelled' and c.course_id is not null;
revoke all on sync_reached_courses from public;

create or replace view sync_covered_courses as
  select mentor_id, course_id from mentor_course_assignments where not is_deleted and course_id is not null
  union
  select a.mentor_id, c.id from mentor_course_assignments a cross join courses c
  where a.is_global and not a.is_deleted and not c.is_deleted;
revoke all on sync_covered_courses from public;

-- A mentor's scope (data model, MS): students assigned in person, and those with an active enrolment in a covered course.
create or replace view sync_mentored_students as
  select mentor_id, student_id from student_mentor_assignments where ended_at is null and not is_deleted
  union
  select a.mentor_id, r.student_id from mentor_course_assignments a
  join sync_reached_courses r on r.course_id = a.course_id and r.status = 'active'
  where not a.is_deleted
  union
  select a.mentor_id, s.id from mentor_course_assignments a cross join students s
  where a.is_global and not a.is_deleted and not s.is_deleted;
revoke all on sync_mentored_students from public;

-- The scopes these people should read at this moment. An account that may not sign in reads nothing. One step per role, and
-- only for roles that are asked about: this runs in every transaction that opens a lesson.
create or replace function sync_desired_scopes(people uuid[]) returns table (user_id uuid, scope text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  person record;
begin
  for person in
    select role, array_agg(id) as ids from users
    where id = any(people) and status = 'active' and not login_blocked and not is_deleted group by role
  loop
    return query select id, flat.scope from unnest(person.ids) as id cross join lateral (
      select 'all' as scope
      union all select 'u:' || id
      union all select 'pub' where person.role = 'student'
      union all select 'cat' where person.role <> 'student'
      union all select 'mentors' where person.role = 'mentor'
      union all select 'managers' where person.role = 'enrollment_manager'
      union all select 'staff' where person.role in ('admin', 'superadmin')
      union all select 'super' where person.role = 'superadmin') flat;
    case person.role
      when 'student' then return query select * from sync_student_scopes(person.ids);
      when 'mentor' then return query select * from sync_mentor_scopes(person.ids);
      when 'enrollment_manager' then return query select * from sync_manager_scopes(person.ids);
      else null;
    end case;
    return query select * from sync_thread_scopes(person.ids);
  end loop;
end $$;

-- In PL/pgSQL, which keeps the plans of its statements.
create or replace function sync_student_scopes(students uuid[]) returns table (user_id uuid, scope text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  with reached as materialized (
    select distinct r.student_id, r.course_id from sync_reached_courses r where r.student_id = any(students)
  )
  select student_id, 'cs:' || course_id from reached
  union
  select student_id, 'co:' || course_id from reached where student_id in (select sync_open_students(students))
  union
  select e.student_id, 'ps:' || e.pathway_id from course_enrollments e
  where e.student_id = any(students) and not e.is_deleted and e.status <> 'cancelled' and e.pathway_id is not null
  union
  select e.student_id, 'bs:' || e.batch_id from course_enrollments e
  where e.student_id = any(students) and not e.is_deleted and e.status <> 'cancelled' and e.batch_id is not null
  union
  -- Opened once stays readable while the course is reached; whether it plays is asked at every play.
  select u.user_id, kind.scope || ':' || u.lesson_id
  from user_unlocks u
  join available_lessons l on l.id = u.lesson_id and not l.is_deleted
  join modules m on m.id = l.module_id and not m.is_deleted
  join reached r on r.student_id = u.user_id and r.course_id = m.course_id
  cross join lateral (
    select 'lo' as scope where u.is_unlocked or u.unlocked_at is not null
    union all select 'ls' where u.is_unlocked or u.unlocked_at is not null or u.offline_openable
  ) kind
  where u.user_id = any(students) and not u.is_deleted
  union
  select e.student_id, 'ba:' || e.batch_id from course_enrollments e join users u on u.id = e.student_id
  where e.student_id = any(students) and not e.is_deleted and e.status <> 'cancelled' and e.batch_id is not null
    and u.lms_status in ('active', 'complete')
  union
  select shown.student_id, kind.scope
  from sync_shown_resources(students) shown
  cross join lateral (
    select 'rs:' || shown.resource_id as scope union all select 'sr:' || shown.section_id
  ) kind
  union
  select a.student_id, 'md:' || a.mentor_id from student_mentor_assignments a
  where a.student_id = any(students) and a.ended_at is null and not a.is_deleted
  union
  select r.student_id, 'md:' || a.mentor_id from reached r join mentor_course_assignments a on a.course_id = r.course_id
  where not a.is_deleted
  union
  select student, 'md:' || a.mentor_id from unnest(students) as student cross join mentor_course_assignments a
  where a.is_global and not a.is_deleted
  union all
  select * from sync_session_scopes(students);
end $$;

-- Which resources these students see (data model 2.9): active, in an active section, and one of its audiences is everyone or
-- matches an enrolment that is not cancelled. A restricted student keeps the rows; their files are refused elsewhere.
create or replace function sync_shown_resources(students uuid[])
returns table (student_id uuid, resource_id uuid, section_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  with learner as materialized (
    select u.id from users u where u.id = any(students) and u.lms_status in ('active', 'suspended', 'complete')
  ),
  matched as (
    select l.id as student_id, a.resource_id from learner l cross join resource_audiences a
    where a.audience_type = 'all' and not a.is_deleted
    union
    select r.student_id, a.resource_id from sync_reached_courses r
    join learner l on l.id = r.student_id
    join resource_audiences a on a.audience_type = 'course' and a.target_id = r.course_id and not a.is_deleted
    where r.student_id = any(students)
    union
    select e.student_id, a.resource_id from course_enrollments e
    join learner l on l.id = e.student_id
    join resource_audiences a on not a.is_deleted
      and (a.audience_type = 'pathway' and a.target_id = e.pathway_id or a.audience_type = 'batch' and a.target_id = e.batch_id)
    where e.student_id = any(students) and not e.is_deleted and e.status <> 'cancelled'
  )
  select m.student_id, r.id, r.section_id from matched m
  join resources r on r.id = m.resource_id and r.is_active and not r.is_deleted
  join resource_sections s on s.id = r.section_id and s.is_active and not s.is_deleted;
end $$;

-- Whom a change of these resources may concern: students whom one of their audiences, past ones included, could name.
create or replace function sync_audience_students(changed uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.id from students s
  where exists (select from resource_audiences a where a.resource_id = any(changed) and a.audience_type = 'all')
  union
  select r.student_id from sync_reached_courses r
  join resource_audiences a on a.audience_type = 'course' and a.target_id = r.course_id
  where a.resource_id = any(changed)
  union
  select e.student_id from course_enrollments e
  join resource_audiences a on a.target_id in (e.pathway_id, e.batch_id)
  where a.resource_id = any(changed)
$$;

create or replace function sync_mentor_scopes(mentors uuid[]) returns table (user_id uuid, scope text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  select c.mentor_id, 'cm:' || c.course_id from sync_covered_courses c where c.mentor_id = any(mentors)
  union
  select s.mentor_id, 'sm:' || s.student_id from sync_mentored_students s where s.mentor_id = any(mentors)
  union
  select s.mentor_id, 'bm:' || e.batch_id from sync_mentored_students s join course_enrollments e on e.student_id = s.student_id
  where s.mentor_id = any(mentors) and not e.is_deleted and e.status <> 'cancelled' and e.batch_id is not null
  union
  select a.mentor_id, 'am:' || a.student_id from student_mentor_assignments a
  where a.mentor_id = any(mentors) and a.ended_at is null and not a.is_deleted;
end $$;

create or replace function sync_manager_scopes(managers uuid[]) returns table (user_id uuid, scope text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  select s.created_by, 'es:' || s.id from users s where s.created_by = any(managers) and s.role = 'student' and not s.is_deleted
  union
  select manager, 'es:' || s.id from unnest(managers) as manager cross join users s
  where s.role = 'student' and not s.is_deleted
    and exists (select from company_settings where em_sees_all_students and not is_deleted);
end $$;

-- Reasons that bind a student to whoever looks after them are judged pair by pair (below), all others person by person. Changes
-- of what decides many pairs at once (who covers a course, whether an account may sign in) are made alone, so that neither can
-- miss the other.
create or replace function sync_pairs_change(alone boolean) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if alone then perform pg_advisory_xact_lock(7461002119); else perform pg_advisory_xact_lock_shared(7461002119); end if;
end $$;

-- Two transactions that change what one person reads would each miss the other's reason; the later one waits and looks again.
create or replace function sync_lock_readers(people uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- For one person or a few, planning would cost more than the work; this setting holds for all that is called from here.
  perform set_config('plan_cache_mode', case when cardinality(people) < 10 then 'force_generic_plan' else 'force_custom_plan' end, true);
  insert into sync_readers select distinct unnest(people) on conflict do nothing;
  perform from sync_readers where user_id = any(people) order by user_id for update;
end $$;

-- Brings the memberships of these people up to date, in the transaction that changed the reasons for them.
create or replace function sync_refresh_members(people uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = 'auto' as $$
begin
  if coalesce(cardinality(people), 0) = 0 then return; end if;
  perform sync_lock_readers(people);
  perform sync_move_members(
    array(select row(d.user_id, d.scope)::sync_membership from sync_desired_scopes(people) d),
    array(select row(m.user_id, m.scope)::sync_membership from sync_members m where m.user_id = any(people) and m.lost is null));
end $$;

-- The pairs of these students with their mentors and enrolment managers, as they should be at this moment. What one student's
-- change costs must not grow with the number of students of the same mentor.
create or replace function sync_desired_readers(students uuid[]) returns table (user_id uuid, scope text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.reader, p.kind || p.student from (
    select s.mentor_id as reader, 'mentor' as role, 'sm:' as kind, s.student_id as student
    from sync_mentored_students s where s.student_id = any(students)
    union
    select a.mentor_id, 'mentor', 'am:', a.student_id from student_mentor_assignments a
    where a.student_id = any(students) and a.ended_at is null and not a.is_deleted
    union
    select s.created_by, 'enrollment_manager', 'es:', s.id from users s
    where s.id = any(students) and s.role = 'student' and not s.is_deleted
    union
    select m.id, 'enrollment_manager', 'es:', s.id from users s join users m on m.role = 'enrollment_manager'
    where s.id = any(students) and s.role = 'student' and not s.is_deleted
      and exists (select from company_settings where em_sees_all_students and not is_deleted)
  ) p
  join users u on u.id = p.reader and u.role = p.role and u.status = 'active' and not u.login_blocked and not u.is_deleted
$$;

create or replace function sync_refresh_readers_of(students uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = 'auto' as $$
begin
  if coalesce(cardinality(students), 0) = 0 then return; end if;
  perform sync_pairs_change(false);
  perform sync_lock_readers(students);
  perform sync_move_members(
    array(select row(d.user_id, d.scope)::sync_membership from sync_desired_readers(students) d),
    array(select row(m.user_id, m.scope)::sync_membership from sync_members m
          where m.lost is null and m.scope = any(array(select kind || student from unnest(students) as student
                                                       cross join unnest(array['sm:', 'am:', 'es:']) as kind))));
end $$;

-- Who of the mentors holds these batches: whoever has somebody of it in scope. Judged batch by batch, after the pairs of the
-- students that moved; two transactions that take two students out of one batch would each see the other's still in it.
create or replace function sync_refresh_mentors_of_batches(batches uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  batch uuid;
begin
  if coalesce(cardinality(batches), 0) = 0 then return; end if;
  for batch in select b from unnest(batches) as b order by b loop
    perform pg_advisory_xact_lock(hashtextextended('sync_mentors_of_batch:' || batch, 0));
    perform sync_move_members(
      array(select distinct row(s.mentor_id, 'bm:' || batch)::sync_membership from sync_mentored_students s
            join users u on u.id = s.mentor_id and u.role = 'mentor' and u.status = 'active' and not u.login_blocked
              and not u.is_deleted
            where s.student_id = any(array(select e.student_id from course_enrollments e
                                           where e.batch_id = batch and e.status <> 'cancelled' and not e.is_deleted))),
      array(select row(m.user_id, m.scope)::sync_membership from sync_members m
            where m.lost is null and m.scope = 'bm:' || batch));
  end loop;
end $$;

-- Ends memberships that are held and no longer wanted, begins those that are wanted and not held.
create or replace function sync_move_members(wanted_now sync_membership[], held_now sync_membership[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  here constant xid8 := pg_current_xact_id();
begin
  with wanted as materialized (
    select distinct w.user_id, w.scope collate "C" as scope from unnest(wanted_now) w
  ),
  held as materialized (
    select m.user_id, m.scope, m.gained from unnest(held_now) h
    join sync_members m on m.user_id = h.user_id and m.scope = h.scope and m.lost is null
  ),
  gone as (
    select * from held h where not exists (select from wanted w where w.user_id = h.user_id and w.scope = h.scope)
  ),
  fresh as (
    select * from wanted w where not exists (select from held h where h.user_id = w.user_id and h.scope = w.scope)
  ),
  -- Gained and lost within one transaction: it was never held.
  never_held as (
    delete from sync_members m using gone
    where m.user_id = gone.user_id and m.scope = gone.scope and m.gained = gone.gained and m.gained = here
  ),
  ended as (
    update sync_members m set lost = here, lost_at = pg_current_snapshot() from gone
    where m.user_id = gone.user_id and m.scope = gone.scope and m.gained = gone.gained and m.gained <> here
  ),
  -- Lost and regained within one transaction: it was never lost.
  never_lost as (
    update sync_members m set lost = null, lost_at = null from fresh
    where m.user_id = fresh.user_id and m.scope = fresh.scope and m.lost = here
    returning m.user_id, m.scope
  )
  insert into sync_members (user_id, scope, gained, gained_at)
  select f.user_id, f.scope, here, pg_current_snapshot() from fresh f
  where not exists (select from never_lost n where n.user_id = f.user_id and n.scope = f.scope);
end $$;
