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
