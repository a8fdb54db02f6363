// Business rules in plain SQL, written without a look at the declaration that they are compared with; `$1` is the person.

/** The courses of a student: enrolled in directly, of the pathway up to the current step (of a choice the course chosen), of the batch; never when cancelled. */
export const reached = (student: string, extra = '') => `
  select e.course_id from course_enrollments e
    where e.student_id = ${student} and e.status <> 'cancelled' and e.course_id is not null ${extra}
  union select step.course_id from course_enrollments e join pathway_courses step using (pathway_id)
    where e.student_id = ${student} and e.status <> 'cancelled' ${extra} and not step.is_deleted
      and step.step_number <= case when e.status = 'completed' then 1000 else coalesce(
        (select n.step_number from pathway_courses n
         where n.pathway_id = e.pathway_id and n.course_id = e.current_course_id and not n.is_deleted),
        (select min(n.step_number) from pathway_courses n where n.pathway_id = e.pathway_id and not n.is_deleted)) end
      and (e.status = 'completed' or not step.is_choice_point or step.course_id = e.current_course_id or coalesce(
        (select step.step_number < n.step_number from pathway_courses n
         where n.pathway_id = e.pathway_id and n.course_id = e.current_course_id and not n.is_deleted), true))
  union select b.course_id from course_enrollments e join batches b on b.id = e.batch_id
    where e.student_id = ${student} and e.status <> 'cancelled' and b.course_id is not null ${extra}
  union select c.course_id from course_enrollments e join batch_courses c on c.batch_id = e.batch_id
    where e.student_id = ${student} and e.status <> 'cancelled' ${extra}`;
export const courseOfLesson = (id: string) =>
  `(select m.course_id from available_lessons l join modules m on m.id = l.module_id where l.id = ${id} and not l.is_deleted and not m.is_deleted)`;
export const courseOfTask = (id: string) =>
  `(select case when a.lesson_id is null then a.course_id else ${courseOfLesson('a.lesson_id')} end from assignments a where a.id = ${id})`;
export const published = (id: string) =>
  `(select l.is_published and not l.is_deleted from available_lessons l where l.id = ${id})`;
export const opened = 'u.is_unlocked or u.unlocked_at is not null';
export const lessonsOfMine = (when: string) =>
  `select u.lesson_id from user_unlocks u where u.user_id = $1 and (${when}) and ${courseOfLesson('u.lesson_id')} in (${reached('$1')})`;
export const lessonOfFile = `coalesce((select a.lesson_id from recording_attachments a where t.linked_table = 'recording_attachments' and a.id = t.linked_id and not a.is_deleted),
  (select a.lesson_id from recording_attachments a where a.file_id = t.id and not a.is_deleted order by a.id limit 1))`;
export const workOfFile = `(select s.id from submissions s where t.linked_table = 'submissions' and s.id = t.linked_id and s.student_id = t.owner_id and not s.is_deleted)`;
export const portrait = "t.linked_table in ('users', 'mentors')";

export const listedPathway =
  '(select p.is_active and p.is_published from learning_pathways p where p.id = t.pathway_id)';
export const myPathways =
  "(select e.pathway_id from course_enrollments e where e.student_id = $1 and e.status <> 'cancelled')";
export const myMentors = `(select a.mentor_id from student_mentor_assignments a where a.student_id = $1 and a.ended_at is null
  union select a.mentor_id from mentor_course_assignments a where not a.is_deleted and (a.is_global or a.course_id in (${reached('$1')})))`;

export const covered = `(select c.id from courses c join mentor_course_assignments a on a.is_global or a.course_id = c.id
  where a.mentor_id = $1 and not a.is_deleted and not c.is_deleted)`;
export const assigned =
  '(select a.student_id from student_mentor_assignments a where a.mentor_id = $1 and a.ended_at is null)';
/** Assigned in person, or active in a course the mentor covers, or anybody where the mentor covers all. */
export const inScope = `(select s.id from students s where s.id in ${assigned}
  or exists (select from mentor_course_assignments a where a.mentor_id = $1 and a.is_global and not a.is_deleted)
  or exists (select from mentor_course_assignments a where a.mentor_id = $1 and not a.is_deleted
             and a.course_id in (${reached('s.id', "and e.status = 'active'")})))`;
/** A batch in which somebody of the mentor's scope is enrolled. */
export const batchOfScope = (id: string) =>
  `exists (select from course_enrollments x where x.batch_id = ${id} and x.status <> 'cancelled' and x.student_id in ${inScope})`;
export const mayReview = `(t.student_id in ${assigned} or ${courseOfTask('t.assignment_id')} in ${covered} or t.assigned_to = $1)`;

export const looksAfter = `(select s.id from users s where s.role = 'student' and not s.is_deleted
  and (s.created_by = $1 or (select c.em_sees_all_students from company_settings c)))`;
