import {
  createAssignment,
  createCourse,
  createLesson,
  createModule,
  createSubmission,
  enrol,
  openLesson,
} from '../../testing/people.ts';
import type { Person } from '../../testing/people.ts';
import type { MatrixStage } from '../stage.ts';
import type { At } from './format.ts';

/** A lesson of a new course; for a student one that reaches it, and that is open. */
export async function openLessonOf(stage: MatrixStage, person: Person): Promise<string> {
  const lesson = await closedLessonOf(stage, person);
  if (person.role === 'student') await openLesson(stage.database.server, person.id, lesson);
  return lesson;
}

/** A lesson of a course the student reaches, which nobody has opened. */
export async function closedLessonOf(stage: MatrixStage, person: Person): Promise<string> {
  const db = stage.database.server;
  const course = await createCourse(db);
  if (person.role === 'student') await enrol(db, person.id, { course_id: course });
  if (person.role === 'mentor')
    await stage.insert('mentor_course_assignments', { mentor_id: person.id, course_id: course, is_global: false });
  return createLesson(db, await createModule(db, course));
}

/** Work to hand in: an assignment of an open lesson of a course the student reaches. */
export const taskOf = async (stage: MatrixStage, student: Person): Promise<string> =>
  createAssignment(stage.database.server, await openLessonOf(stage, student));

/** Work that a student has handed in and nobody has judged. */
export async function workOf(stage: MatrixStage, student: Person): Promise<string> {
  return createSubmission(stage.database.server, student.id, await taskOf(stage, student));
}

/** A student in the writer's scope, who is put there. */
export async function studentOf({ me, stage }: At): Promise<string> {
  const { id } = stage.person('student');
  if (me.role === 'mentor')
    await stage.rows(
      `insert into student_mentor_assignments (student_id, mentor_id, is_primary) values ($1, $2, false)
       on conflict (student_id, mentor_id) do update set ended_at = null, is_deleted = false`,
      [id, me.id],
    );
  if (me.role === 'enrollment_manager') await stage.rows('update users set created_by = $2 where id = $1', [id, me.id]);
  return id;
}

/** A student nobody of these roles has in scope. */
export async function stranger({ me, stage }: At): Promise<string> {
  const { id } = stage.of('student').at(-1)!;
  await stage.rows('update student_mentor_assignments set ended_at = now() where student_id = $1 and mentor_id = $2', [
    id,
    me.id,
  ]);
  await stage.rows('update mentor_course_assignments set is_deleted = true where mentor_id = $1', [me.id]);
  await stage.rows('update users set created_by = null where id = $1', [id]);
  await stage.rows('update company_settings set em_sees_all_students = false');
  return id;
}
