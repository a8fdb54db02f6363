import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { asActor } from '../../db/as-actor.ts';
import { openAcademy, outcome, type Academy } from '../../testing/academy.ts';
import { assignMentor, createCourse, createPathway, createPerson, enrol, type Person } from '../../testing/people.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { finishOnboarding } from './onboarding.job.ts';

let academy: Academy;
let student: Person;
let mentor: Person;
let admin: Person;
let questionnaire: string;
let pathway: string;
beforeAll(async () => {
  academy = await openAcademy({ enable_student_signin: true });
  const { server } = academy.database;
  admin = await createPerson(server, 'admin');
  mentor = await createPerson(server, 'mentor');
  pathway = await createPathway(server, [await createCourse(server), await createCourse(server)], { name: 'Shop' });
  questionnaire = await insertRow(server, 'questionnaires', {
    title: 'Welcome',
    is_active: true,
    questions: [
      { id: 'goal', text: 'Your goal?', order: 1, answerType: 'singleLine', required: true },
      {
        id: 'kind',
        text: 'What kind?',
        order: 2,
        answerType: 'singleSelect',
        required: true,
        options: [{ label: 'Shop', pathway_ids: [pathway] }, { label: 'Other' }],
      },
      { id: 'more', text: 'Anything else?', order: 3, answerType: 'multiLine', required: false },
    ],
  });
});
beforeEach(async () => {
  student = await createPerson(academy.database.server, 'student', { full_name: 'Ayesha' });
});
afterAll(() => academy.database.drop());

const answerId = (person: Person, question: string) =>
  naturalId('onboarding_responses', person.id, questionnaire, question);

const answer = (person: Person, question: string, text: string, changes: Record<string, unknown> = {}) => ({
  type: 'onboarding_responses',
  id: answerId(person, question),
  set: {
    user_id: person.id,
    questionnaire_id: questionnaire,
    questionnaire_version: 1,
    question_id: question,
    answer: text,
    answer_type: { goal: 'singleLine', kind: 'singleSelect', more: 'multiLine' }[question],
    file_id: null,
    ...changes,
  },
});
const submit = async (person: Person) => ({
  type: 'students',
  id: person.id,
  base: (await academy.rows<{ v: string }>('select v from students where id = $1', [person.id]))[0]!.v,
  set: { onboarding_submitted_at: academy.clock.now().toISOString() },
});
const verdicts = async (person: Person, ...writes: Parameters<Academy['push']>[1]) =>
  (await academy.push(person, writes)).map(outcome);
const state = async ({ id }: Person) =>
  (await academy.rows('select onboarding_completed, goal_brief, answers_json from students where id = $1', [id]))[0];

describe('finishing', () => {
  test('works from a queue in which the word comes ahead of the answers', async () => {
    await assignMentor(academy.database.server, mentor.id, student.id);
    expect(await verdicts(student, await submit(student), answer(student, 'goal', 'open a shop'))).toEqual([
      'ok',
      'ok',
    ]);
    expect(await state(student)).toMatchObject({ onboarding_completed: false, goal_brief: null });
    expect(await verdicts(student, answer(student, 'kind', 'Shop'))).toEqual(['ok']);
    expect(await state(student)).toEqual({
      onboarding_completed: true,
      goal_brief: 'Open a shop, Shop',
      answers_json: {
        goal: { questionText: 'Your goal?', value: 'open a shop', order: 1 },
        kind: { questionText: 'What kind?', value: 'Shop', order: 2 },
      },
    });
    const told = await academy.rows<{ user_id: string }>(
      "select user_id from notifications where template_key = 'onboarding_completed' and payload ->> 'student_name' = 'Ayesha'",
    );
    expect(told.map(({ user_id }) => user_id).toSorted()).toEqual([admin.id, mentor.id].toSorted());
    expect(
      await academy.rows(
        "select count(*)::int as n from user_activity_logs where user_id = $1 and activity_type = 'onboarding_completed'",
        [student.id],
      ),
    ).toEqual([{ n: 1 }]);
  });

  test('makes a plan from what the picked options speak for', async () => {
    const writes = [answer(student, 'goal', 'a shop'), answer(student, 'kind', 'Shop'), await submit(student)];
    expect(await verdicts(student, ...writes)).toEqual(['ok', 'ok', 'ok']);
    const [plan] = await academy.rows<{ items: { week: number }[]; created_by: string }>(
      'select items, created_by, status, version from learning_paths where student_id = $1',
      [student.id],
    );
    expect(plan).toMatchObject({ created_by: 'system', status: 'proposed', version: 1 });
    expect(plan!.items.map(({ week }) => week)).toEqual([1, 1]);
  });

  test('does not happen while something required is missing, and never twice', async () => {
    await verdicts(student, answer(student, 'goal', 'a shop'), await submit(student));
    expect(await state(student)).toMatchObject({ onboarding_completed: false });
    expect(await finishOnboarding({ ...academy.deps })).toMatchObject({ done: 0, failed: 0 });
    await verdicts(student, answer(student, 'kind', 'Other'));
    expect(await state(student)).toMatchObject({ onboarding_completed: true });
    // The row it was is closed: neither answers nor the word itself change any more.
    const again = { ...answer(student, 'goal', 'a boat'), base: randomUUID() };
    expect(await verdicts(student, again, await submit(student))).toEqual(['closed', 'closed']);
    expect(await state(student)).toMatchObject({ goal_brief: 'A shop, Other' });
  });

  test('a student cannot set it, nor write what the server puts together', async () => {
    const [{ v }] = (await academy.rows<{ v: string }>('select v from students where id = $1', [student.id])) as [
      { v: string },
    ];
    const set = {
      onboarding_completed: true,
      answers_json: { x: 1 },
      goal_brief: 'mine',
      onboarding_video_watched: true,
    };
    expect(await verdicts(student, { type: 'students', id: student.id, base: v, set })).toEqual(['ok']);
    expect(await state(student)).toEqual({ onboarding_completed: false, goal_brief: null, answers_json: null });
    expect(await academy.rows('select onboarding_video_watched from students where id = $1', [student.id])).toEqual([
      { onboarding_video_watched: true },
    ]);
  });

  test('is done by the clock for everybody where nothing is asked', async () => {
    const { server } = academy.database;
    await server.query('update company_settings set enable_student_signin = false');
    expect((await finishOnboarding({ ...academy.deps })).done).toBeGreaterThan(0);
    expect(await state(student)).toEqual({ onboarding_completed: true, goal_brief: null, answers_json: {} });
    expect(
      await academy.rows("select from notifications where dedupe_key like 'onboarding_completed:' || $1 || '%'", [
        student.id,
      ]),
    ).toEqual([]);
    await server.query('update company_settings set enable_student_signin = true');
  });
});

describe('an answer', () => {
  test('of two devices is one row, the newer words stand', async () => {
    const first = answer(student, 'goal', 'on the laptop');
    const second = { ...answer(student, 'goal', 'on the phone'), client_at: '2027-03-01T07:00:00.000Z' };
    expect(await verdicts(student, first)).toEqual(['ok']);
    expect(await verdicts(student, second)).toEqual(['ok']);
    expect(await academy.rows('select answer from onboarding_responses where user_id = $1', [student.id])).toEqual([
      { answer: 'on the laptop' },
    ]);
    const lost = () =>
      academy.rows(
        'select collection, code, pushed_doc, client_at from sync_rejections where user_id = $1 order by client_at',
        [student.id],
      );
    const phone = { pushed_doc: { answer: 'on the phone' } };
    const kept = { collection: 'onboarding_responses', code: 'stale' };
    expect(await lost()).toMatchObject([{ ...kept, pushed_doc: phone.pushed_doc }]);
    // Later words of another device: what they replace was not seen there, so it is kept too; the same push twice keeps it once.
    const third = { ...answer(student, 'goal', 'on the tablet'), op: uuidv7() };
    expect(await verdicts(student, third)).toEqual(['ok']);
    expect(await verdicts(student, third)).toEqual(['ok']);
    expect(await lost()).toMatchObject([
      { ...kept, pushed_doc: phone.pushed_doc },
      { ...kept, pushed_doc: { answer: 'on the laptop' } },
    ]);
  });

  test.each([
    ['what is no option', 'kind', 'Boat', {}],
    ['another kind of answer', 'goal', 'x', { answer_type: 'multiLine' }],
    ['a question nobody asked', 'goal', 'x', { question_id: 'nobody' }],
    ['another version', 'goal', 'x', { questionnaire_version: 9 }],
    ['no questionnaire', 'goal', 'x', { questionnaire_id: null }],
  ])('is refused for %s', async (_, question, text, changes) => {
    const write = answer(student, question, text, changes);
    const { questionnaire_id, question_id } = write.set as { questionnaire_id: string | null; question_id: string };
    const key = [student.id, questionnaire_id, question_id].filter((part) => part !== null);
    const id = naturalId('onboarding_responses', ...key);
    expect(await verdicts(student, { ...write, id })).toEqual(['invalid']);
  });

  test('of somebody else, or by somebody who is no student, is not allowed', async () => {
    const other = await createPerson(academy.database.server, 'student');
    expect(await verdicts(other, answer(student, 'goal', 'x'))).toEqual(['not_allowed']);
    for (const person of [mentor, admin])
      expect(await verdicts(person, answer(person, 'goal', 'x'))).toEqual(['not_allowed']);
    expect(await academy.rows('select from onboarding_responses where user_id = $1', [student.id])).toEqual([]);
  });

  test('with a file waits for the file, and takes only one’s own', async () => {
    const { server } = academy.database;
    const asked = await insertRow(server, 'questionnaires', {
      title: 'Papers',
      version: 2,
      questions: [{ id: 'cv', text: 'CV?', order: 1, answerType: 'file', required: true }],
    });
    const file = (owner_id: string, status: string, bucket = 'student-documents') =>
      insertRow(server, 'files', {
        bucket,
        owner_id,
        path: randomUUID(),
        original_name: 'cv.pdf',
        mime: 'application/pdf',
        bytes: 1,
        sha256: '0'.repeat(64),
        status,
      });
    const write = (file_id: string) => ({
      type: 'onboarding_responses',
      id: naturalId('onboarding_responses', student.id, asked, 'cv'),
      set: {
        user_id: student.id,
        questionnaire_id: asked,
        questionnaire_version: 2,
        question_id: 'cv',
        answer: null,
        answer_type: 'file',
        file_id,
      },
    });
    expect(await verdicts(student, write(randomUUID()))).toEqual(['wait files']);
    expect(await verdicts(student, write(await file(student.id, 'uploading')))).toEqual(['wait files']);
    expect(await verdicts(student, write(await file(student.id, 'ready', 'attachments')))).toEqual(['not_allowed']);
    expect(await verdicts(student, write(await file(mentor.id, 'ready')))).toEqual(['wait files']);
    expect(await verdicts(student, write(await file(student.id, 'ready')))).toEqual(['ok']);
  });
});

test('a plan is accepted or sent back by its student, the newest one only', async () => {
  const { server } = academy.database;
  const plan = (version: number) => insertRow(server, 'learning_paths', { student_id: student.id, version });
  const old = await plan(1);
  const latest = await plan(2);
  const say = async (person: Person, id: string, status: string) => {
    const [row] = await academy.rows<{ v: string }>('select v from learning_paths where id = $1', [id]);
    return (await verdicts(person, { type: 'learning_paths', id, base: row!.v, set: { status } }))[0];
  };
  expect(await say(student, old, 'accepted')).toBe('stale');
  expect(await say(student, latest, 'change_requested')).toBe('ok');
  expect(await say(student, latest, 'accepted')).toBe('ok');
  expect(await say(student, latest, 'proposed')).toBe('invalid');
  expect(await say(mentor, latest, 'change_requested')).toBe('not_allowed');
  expect(await academy.rows('select status from learning_paths where id = $1', [latest])).toEqual([
    { status: 'accepted' },
  ]);
});

test('the answers of a student are read online by the mentor and staff, by nobody else', async () => {
  await verdicts(student, answer(student, 'goal', 'secret plan'));
  await enrol(academy.database.server, student.id, { pathway_id: pathway });
  const stranger = await createPerson(academy.database.server, 'mentor');
  await assignMentor(academy.database.server, mentor.id, student.id);
  const seenBy = (person: Person) =>
    asActor(academy.database.people, person, async (tx) => {
      const { rows } = await tx.query('select answer from onboarding_responses where user_id = $1', [student.id]);
      return rows.length;
    });
  expect([await seenBy(mentor), await seenBy(admin), await seenBy(student), await seenBy(stranger)]).toEqual([
    1, 1, 1, 0,
  ]);
});
