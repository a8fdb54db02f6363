import type { Pool } from '../../../../sync-server/db/sql.ts';
import {
  coverCourse,
  createAssignment,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  enrol,
  type Person,
} from '../../../../sync-server/testing/people.ts';
import { noteText } from '../documents.ts';
import { password } from '../stage.ts';

const tasks = 100;

/** A course with so many pieces of reviewed work by its students; answers the one mentor who covers it. */
export async function createCourseOfWork(server: Pool, pieces: number): Promise<Person> {
  const courseId = await createCourse(server);
  const lesson = await createLesson(server, await createModule(server, courseId));
  const assignments: string[] = [];
  while (assignments.length < tasks) assignments.push(await createAssignment(server, lesson, { is_required: false }));
  const students: string[] = [];
  while (students.length < pieces / tasks) {
    const { id } = await createPerson(server, 'student', { email: `worker-${students.length}@bench.test` });
    await enrol(server, id, { course_id: courseId });
    students.push(id);
  }
  const work = students.flatMap((student) => assignments.map((assignment) => ({ student, assignment })));
  await server.query(
    `insert into submissions (student_id, assignment_id, content, status, client_submitted_at, reviewed_at)
     select student_id, assignment_id, content, 'approved', now(), now()
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as work (student_id, assignment_id, content)`,
    [
      work.map(({ student }) => student),
      work.map(({ assignment }) => assignment),
      work.map((_, at) => noteText(at).body),
    ],
  );
  const mentor = await createPerson(server, 'mentor', { password, email: 'reviser@bench.test' });
  await coverCourse(server, mentor.id, courseId);
  await server.query('vacuum analyze');
  return mentor;
}
