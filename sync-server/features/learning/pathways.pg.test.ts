import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createCourse,
  createLesson,
  createModule,
  createPathway,
  createPerson,
  enrol,
  type Person,
} from '../../testing/people.ts';
import { openAcademy, outcome, watch, type Academy } from '../../testing/academy.ts';

let academy: Academy;
let student: Person;
const lessons: string[] = [];
const courses: string[] = [];
beforeAll(async () => {
  academy = await openAcademy();
  const { server } = academy.database;
  student = await createPerson(server, 'student');
  for (const title of ['Basics', 'Practice']) {
    const course = await createCourse(server, { title });
    courses.push(course);
    lessons.push(
      await createLesson(server, await createModule(server, course), {
        recording_title: `${title} 1`,
        has_media: true,
      }),
    );
  }
  const pathway = await createPathway(server, courses);
  await enrol(server, student.id, { pathway_id: pathway }, { enrolled_at: academy.clock.now().toISOString() });
  await academy.settle(student);
});
afterAll(() => academy.database.drop());

const states = () =>
  academy.rows(
    'select recording_title, is_unlocked, reason from user_unlocks k join available_lessons l on l.id = k.lesson_id where user_id = $1 order by 1',
    [student.id],
  );
const enrolment = () =>
  academy.rows('select current_course_id, status, progress_percentage from course_enrollments where student_id = $1', [
    student.id,
  ]);

test('a new pathway stands at its first course; the later step is locked', async () => {
  expect(await enrolment()).toEqual([{ current_course_id: courses[0], status: 'active', progress_percentage: 0 }]);
  expect(await states()).toEqual([
    { recording_title: 'Basics 1', is_unlocked: true, reason: 'first_lesson' },
    { recording_title: 'Practice 1', is_unlocked: false, reason: 'pathway_locked' },
  ]);
});

test('completing the course opens the next one in the same push, and the last one completes the pathway', async () => {
  academy.clock.pass(5);
  const seen = watch(student.id, lessons[0]!, academy.clock.now().toISOString());
  expect((await academy.push(student, [seen])).map(outcome)).toEqual(['ok']);
  expect(await enrolment()).toEqual([{ current_course_id: courses[1], status: 'active', progress_percentage: 50 }]);
  expect((await states())[1]).toEqual({ recording_title: 'Practice 1', is_unlocked: true, reason: 'first_lesson' });

  academy.clock.pass(5);
  expect(
    (await academy.push(student, [watch(student.id, lessons[1]!, academy.clock.now().toISOString())])).map(outcome),
  ).toEqual(['ok']);
  expect(await enrolment()).toEqual([{ current_course_id: courses[1], status: 'completed', progress_percentage: 100 }]);
});
