import type { Role } from '#contract/roles.ts';
import {
  assignMentor,
  coverCourse,
  createAssignment,
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  enrol,
  openLesson,
  type Person,
} from '../../sync-server/testing/people.ts';
import type { TestDatabase } from '../../sync-server/testing/test-database.ts';
import { password } from './cluster.ts';
import { mark } from './tokens.ts';

export type Cast = {
  /** In the order in which computers are given out; the first student and the first mentor get two. */
  owners: Person[];
  students: Person[];
  mentors: Person[];
  courses: string[];
  lessons: string[];
  assignments: string[];
};

/** A small academy: two courses, three students (one without a computer), two mentors, and the staff. */
export async function createCast({ server }: TestDatabase): Promise<Cast> {
  await createCompany(server);
  const person = (role: Role, full_name: string) => createPerson(server, role, { password, full_name });
  const [asma, babar, chand] = [
    await person('student', 'Asma'),
    await person('student', 'Babar'),
    await person('student', 'Chand'),
  ];
  const [bilal, hina] = [await person('mentor', 'Bilal'), await person('mentor', 'Hina')];
  const [dua, omar, sana] = [
    await person('admin', 'Dua'),
    await person('enrollment_manager', 'Omar'),
    await person('superadmin', 'Sana'),
  ];
  await server.query('update users set created_by = $1 where id = $2', [omar.id, babar.id]);
  const cast: Cast = {
    owners: [asma, bilal, babar, asma, dua, hina, omar, bilal, sana],
    students: [asma, babar, chand],
    mentors: [bilal, hina],
    courses: [],
    lessons: [],
    assignments: [],
  };
  for (const lessons of [4, 2]) {
    const course = await createCourse(server);
    cast.courses.push(course);
    const module = await createModule(server, course);
    for (let at = 0; at < lessons; at++) {
      const lesson = await createLesson(server, module, { notes: mark('staff', course) });
      cast.lessons.push(lesson);
      cast.assignments.push(await createAssignment(server, lesson, { is_required: false }));
    }
  }
  const [first, second] = cast.courses as [string, string];
  for (const student of [asma, babar]) await enrol(server, student.id, { course_id: first });
  await enrol(server, chand.id, { course_id: second });
  for (const student of [asma, babar])
    for (const lesson of cast.lessons.slice(0, 3)) await openLesson(server, student.id, lesson);
  await assignMentor(server, bilal.id, asma.id);
  await coverCourse(server, hina.id, second);
  return cast;
}
