-- Who is in whose scope. The two-argument forms are the server's own; people may only ask about themselves.

-- A mentor covers a course when a row names it, or when he covers all of them.
create or replace function app_mentor_covers_course(mentor uuid, course uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from mentor_course_assignments a
    where a.mentor_id = mentor and not a.is_deleted and (a.is_global or a.course_id = course))
$$;

-- The courses an enrolment leads to: the direct one, all of its pathway (later steps too: they are decided as locked, while
-- `sync_reached_courses` says what may be seen), those of its batch.
create or replace function app_enrolment_courses(enrolment uuid) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select e.course_id from course_enrollments e where e.id = enrolment and e.course_id is not null
  union
  select s.course_id from course_enrollments e join pathway_courses s on s.pathway_id = e.pathway_id
  where e.id = enrolment and not s.is_deleted
  union
  select b.course_id from course_enrollments e join batches b on b.id = e.batch_id
  where e.id = enrolment and not b.is_deleted and b.course_id is not null
  union
  select b.course_id from course_enrollments e join batch_courses b on b.batch_id = e.batch_id
  where e.id = enrolment and not b.is_deleted
$$;

-- The course an assignment belongs to: that of its lesson, else its own; as `sync_course_of_task` has it.
create or replace function app_assignment_course(assignment uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(m.course_id, a.course_id)
  from assignments a
  left join available_lessons l on l.id = a.lesson_id
  left join modules m on m.id = l.module_id
  where a.id = assignment
$$;

-- Admins review all; mentors what was assigned to them, their students' work, and work in courses they cover.
create or replace function app_reviewer_may_review(reviewer uuid, submission uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from submissions s join users u on u.id = reviewer
    where s.id = submission and not s.is_deleted and u.status = 'active' and (
      u.role in ('admin', 'superadmin')
      or u.role = 'mentor' and (
        s.assigned_to = reviewer
        or exists (select from student_mentor_assignments a
                   where a.mentor_id = reviewer and a.student_id = s.student_id
                     and a.ended_at is null and not a.is_deleted)
        or app_mentor_covers_course(reviewer, app_assignment_course(s.assignment_id)))))
$$;

create or replace function app_may_review(submission uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select app_reviewer_may_review(auth.uid(), submission)
$$;

grant execute on function app_may_review(uuid) to app_mentor, app_admin, app_superadmin;
