import { afterAll, beforeAll, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { openAcademy, outcome, watch, type Academy } from '../../testing/academy.ts';
import { createCourse, createLesson, createModule, createPerson, enrol, type Person } from '../../testing/people.ts';

let academy: Academy;
let student: Person;
let pathway: string;
const courses: string[] = [];
const lessons: string[] = [];
beforeAll(async () => {
  academy = await openAcademy();
  const { server } = academy.database;
  student = await createPerson(server, 'student');
  pathway = await insertRow(server, 'learning_pathways', { name: 'Pathway', is_published: true });
  for (const title of ['First', 'Left', 'Right']) {
    const course = await createCourse(server, { title });
    courses.push(course);
    lessons.push(await createLesson(server, await createModule(server, course), { has_media: true }));
    await insertRow(server, 'pathway_courses', {
      pathway_id: pathway,
      course_id: course,
      step_number: title === 'First' ? 1 : 2,
      ...(title === 'First' ? {} : { is_choice_point: true, choice_group: 7 }),
    });
  }
  await enrol(server, student.id, { pathway_id: pathway }, { enrolled_at: academy.clock.now().toISOString() });
  await academy.settle(student);
});
afterAll(() => academy.database.drop());

const pick = async (person: Person, course: string, changes: Record<string, unknown> = {}) => {
  const set = { student_id: person.id, pathway_id: pathway, choice_group: 7, selected_course_id: course, ...changes };
  const id = naturalId('pathway_choice_selections', set.student_id, set.pathway_id, String(set.choice_group));
  return outcome((await academy.push(person, [{ type: 'pathway_choice_selections', id, set }]))[0]);
};
const place = async () =>
  (
    await academy.rows('select current_course_id, awaiting_choice from course_enrollments where student_id = $1', [
      student.id,
    ])
  )[0];
const finish = async (lesson: string) => {
  academy.clock.pass(10);
  return outcome((await academy.push(student, [watch(student.id, lesson, academy.clock.now().toISOString())]))[0]);
};

test('the pathway waits at the choice, a pick opens the course in the same push', async () => {
  expect(await finish(lessons[0]!)).toBe('ok');
  expect(await place()).toEqual({ current_course_id: courses[0], awaiting_choice: true });
  expect(await pick(student, courses[1]!)).toBe('ok');
  expect(await place()).toEqual({ current_course_id: courses[1], awaiting_choice: false });
  expect(
    await academy.rows('select is_unlocked from user_unlocks where user_id = $1 and lesson_id = $2', [
      student.id,
      lessons[1],
    ]),
  ).toEqual([{ is_unlocked: true }]);
});

test('it may be changed until a lesson of the course is watched', async () => {
  expect(await pick(student, courses[2]!)).toBe('ok');
  expect(await place()).toEqual({ current_course_id: courses[2], awaiting_choice: false });
  expect(await finish(lessons[2]!)).toBe('ok');
  expect(await pick(student, courses[1]!)).toBe('closed');
  expect(await pick(student, courses[2]!)).toBe('ok');
});

test('only courses of the choice, only on one’s own pathway, only by the student', async () => {
  expect(await pick(student, courses[0]!)).toBe('invalid');
  expect(await pick(student, courses[1]!, { choice_group: 8 })).toBe('invalid');
  const other = await createPerson(academy.database.server, 'student');
  expect(await pick(other, courses[1]!)).toBe('not_allowed');
  expect(await pick(other, courses[1]!, { student_id: student.id })).toBe('not_allowed');
  for (const role of ['mentor', 'admin'] as const) {
    const person = await createPerson(academy.database.server, role);
    expect(await pick(person, courses[1]!, { student_id: student.id })).toBe('not_allowed');
  }
});

test('courses to choose between stand at one step', async () => {
  const { server } = academy.database;
  const move = 'update pathway_courses set step_number = 5 where pathway_id = $1 and choice_group = 7';
  await expect(server.query(`${move} and course_id = $2`, [pathway, courses[1]])).rejects.toMatchObject({
    constraint: 'pathway_courses_one_step',
  });
  await expect(server.query(move, [pathway])).resolves.toMatchObject({ rowCount: 2 });
});
