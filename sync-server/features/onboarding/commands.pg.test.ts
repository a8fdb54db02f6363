import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '#contract/roles.ts';
import { asServer } from '../../db/as-actor.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { openCommandStage, type Caller, type CommandStage } from '../../testing/command-stage.ts';
import { assignMentor, createCourse, createLesson, createModule, enrol } from '../../testing/people.ts';
import { recomputeUnlocks } from '../learning/index.ts';

type Who = Role | Caller;
let stage: CommandStage;
let people: CommandStage['people'];
let courses: string[];
let pathway: string;
beforeAll(async () => {
  stage = await openCommandStage();
  const { server } = stage.database;
  people = stage.people;
  await assignMentor(server, people.mentor.id, people.student.id);
  courses = [];
  for (const title of ['First', 'Left', 'Right', 'Extra', 'Last']) courses.push(await createCourse(server, { title }));
  pathway = await insertRow(server, 'learning_pathways', { name: 'Pathway', is_published: true });
  const step = (course_id: string, step_number: number, more = {}) =>
    insertRow(server, 'pathway_courses', { pathway_id: pathway, course_id, step_number, ...more });
  const choice = { is_choice_point: true, choice_group: 1 };
  await step(courses[0]!, 1, { is_mandatory: false });
  await step(courses[1]!, 2, choice);
  await step(courses[2]!, 2, choice);
  await step(courses[4]!, 3);
  for (const course of courses) await createLesson(server, await createModule(server, course), { has_media: true });
});
afterAll(() => stage.close());

const question = { id: 'q', text: 'Why?', order: 1, answerType: 'singleLine', required: true };
const questionnaire = (changes: object = {}) => ({
  id: null,
  expected_revision: null,
  title: 'Welcome',
  questions: [question],
  is_active: true,
  ...changes,
});

describe('save-questionnaire', () => {
  test.each(['student', 'mentor', 'enrollment_manager'] as const)('is not for a %s', async (role) => {
    expect(await stage.command(role, 'save-questionnaire', questionnaire())).toMatchObject({
      status: 403,
      code: 'PERMISSION_DENIED',
    });
  });

  test('one version is asked; one that has answers is followed by the next', async () => {
    const first = await stage.command('admin', 'save-questionnaire', questionnaire());
    expect(first).toMatchObject({ status: 200, data: { version: 1 } });
    const { id, v } = first.data as { id: string; v: string };
    const changed = { ...questionnaire({ id, expected_revision: v }), questions: [{ ...question, text: 'Why now?' }] };
    const second = await stage.command('superadmin', 'save-questionnaire', changed);
    expect(second.data).toMatchObject({ id, version: 1 });
    expect(await stage.command('admin', 'save-questionnaire', changed)).toMatchObject({
      status: 409,
      code: 'CONFLICT',
    });
    await insertRow(stage.database.server, 'onboarding_responses', {
      user_id: people.student.id,
      questionnaire_id: id,
      questionnaire_version: 1,
      question_id: 'q',
      answer: 'x',
      answer_type: 'singleLine',
    });
    const third = await stage.command('admin', 'save-questionnaire', {
      ...changed,
      expected_revision: second.data['v'],
      questions: [{ ...question, text: 'Why at all?' }],
    });
    expect(third.data).toMatchObject({ version: 2 });
    expect(await stage.rows('select version, is_active from questionnaires order by version')).toEqual([
      { version: 1, is_active: false },
      { version: 2, is_active: true },
    ]);
  });

  test.each([
    ['a select without options', [{ ...question, answerType: 'singleSelect' }]],
    ['options of a question without choice', [{ ...question, options: [{ label: 'x' }] }]],
    ['two questions of one id', [question, question]],
    ['none at all', []],
  ])('refuses %s', async (_, questions) => {
    const answer = await stage.command('admin', 'save-questionnaire', { ...questionnaire(), questions });
    expect(answer).toMatchObject({ status: 422, code: 'INVALID_INPUT' });
  });
});

describe('a learning path', () => {
  const items = () => [{ course_id: courses[0], week: 1, reason: 'Begin here' }];
  const save = (caller: Who, changes: object = {}) =>
    stage.command(caller, 'save-learning-path', {
      student_id: people.student.id,
      expected_version: 0,
      items: items(),
      ...changes,
    });

  test('is written by staff and the student’s mentor, after what they have seen', async () => {
    expect(await save('student')).toMatchObject({ status: 403 });
    expect(await save('enrollment_manager')).toMatchObject({ status: 403 });
    const stranger = await stage.join('mentor');
    expect(await save(stranger)).toMatchObject({ status: 404 });
    expect(await save('mentor')).toMatchObject({ status: 200 });
    expect(await save('admin')).toMatchObject({ status: 409 });
    expect(await save('admin', { expected_version: 1 })).toMatchObject({ status: 200 });
    expect(await save('admin', { expected_version: 2, items: [{ ...items()[0], course_id: pathway }] })).toMatchObject({
      status: 422,
    });
    expect(await stage.rows('select version, created_by, status from learning_paths order by version')).toEqual([
      { version: 1, created_by: 'mentor', status: 'proposed' },
      { version: 2, created_by: 'mentor', status: 'proposed' },
    ]);
  });

  test('is made once from the same answers, for oneself or one’s students', async () => {
    const learner = await stage.join('student');
    await enrol(stage.database.server, learner.id, { pathway_id: pathway });
    const generate = (caller: Who) => stage.command(caller, 'generate-learning-path', { student_id: learner.id });
    expect(await generate('student')).toMatchObject({ status: 404 });
    expect(await generate('mentor')).toMatchObject({ status: 404 });
    expect(await generate(learner)).toMatchObject({ status: 200, data: { id: expect.any(String) } });
    expect(await generate('admin')).toMatchObject({ status: 200, data: { id: null } });
    expect(
      await stage.rows('select jsonb_array_length(items) as n from learning_paths where student_id = $1', [learner.id]),
    ).toEqual([{ n: 3 }]);
  });
});

describe('advance-pathway', () => {
  const advance = (caller: Who, selected_course_id?: string) =>
    stage.command(caller, 'advance-pathway', {
      pathway_id: pathway,
      ...(selected_course_id ? { selected_course_id } : {}),
    });

  test('leaves an optional course out, stands at the choice, follows the pick until it is fixed', async () => {
    const { student } = people;
    const { server } = stage.database;
    expect(await advance('student')).toMatchObject({ status: 404 });
    await enrol(server, student.id, { pathway_id: pathway, current_course_id: courses[0]! });
    expect((await advance('student')).data).toMatchObject({ current_course_id: courses[0], awaiting_choice: true });
    expect(await advance('student', courses[4])).toMatchObject({ status: 422 });
    expect((await advance('student', courses[1])).data).toMatchObject({
      current_course_id: courses[1],
      awaiting_choice: false,
    });
    expect((await advance('student', courses[2])).data).toMatchObject({ current_course_id: courses[2] });
    // A mandatory course is not left out.
    expect(await advance('student')).toMatchObject({ status: 409 });
    const [lesson] = await stage.rows<{ id: string }>(
      'select l.id from available_lessons l join modules m on m.id = l.module_id where m.course_id = $1',
      [courses[2]],
    );
    await server.query(
      'insert into recording_views (user_id, lesson_id, watched, watched_at) values ($1, $2, true, now())',
      [student.id, lesson!.id],
    );
    expect(await advance('student', courses[1])).toMatchObject({ status: 409, code: 'CONFLICT' });
    await asServer(server, (tx) => recomputeUnlocks(tx, stage.server.deps, student.id));
    expect(
      await stage.rows('select current_course_id from course_enrollments where student_id = $1', [student.id]),
    ).toEqual([{ current_course_id: courses[4] }]);
  });

  test.each(['mentor', 'enrollment_manager', 'admin', 'superadmin'] as const)('is not for a %s', async (role) => {
    expect(await advance(role)).toMatchObject({ status: 403 });
  });
});
