import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BulkStudentsReport } from '#contract/api/accounts.ts';
import { openStage, type Stage } from './stage.fixture.ts';

let stage: Stage;
let batch: string;
let word: string;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(() => {
  batch = randomUUID();
  word = randomUUID().slice(0, 8);
});

const mail = (name: string): string => `${name}-${word}@list.test`;
const send = (
  text: string,
  more: Record<string, unknown> = {},
  who: 'admin' | 'enrollment_manager' | 'mentor' = 'admin',
) =>
  stage.command<BulkStudentsReport>(who, 'bulk-create-students', {
    batch_id: batch,
    text,
    terms: { course_id: stage.course, installment_count: 3, send_email: false },
    ...more,
  });
const made = () =>
  stage.rows(
    `select u.email::text, u.created_by, count(i.id)::int as invoices from users u
     join course_enrollments e on e.student_id = u.id left join invoices i on i.enrollment_id = e.id
     where u.email like '%' || $1 || '%' group by 1, 2 order by 1`,
    [word],
  );

test('every good line is a student with enrolment and invoices; a bad one stops nobody', async () => {
  const text = `name,email,phone\nAli Raza,${mail('ali')},+923001110001\nX,${mail('x')},\nBilal Khan,${mail('bilal')}\nAli Again,${mail('ali')}\nOmar Din,${stage.staff.mentor.email}`;
  const { status, data } = await send(text, {}, 'enrollment_manager');
  expect(status).toBe(200);
  expect(data).toMatchObject({
    created: 2,
    done_before: 0,
    failed: 3,
    rows: [
      { row: 2, email: mail('ali'), status: 'created', student_number: expect.stringMatching(/^STU\d{6}$/) },
      { row: 3, status: 'failed', code: 'INVALID_INPUT', message: expect.stringContaining('full_name') },
      { row: 4, email: mail('bilal'), status: 'created' },
      { row: 5, status: 'failed', code: 'REPEATED' },
      { row: 6, status: 'failed', code: 'EMAIL_EXISTS' },
    ],
  });
  const createdBy = stage.staff.enrollment_manager.id;
  expect(await made()).toEqual([
    { email: mail('ali'), created_by: createdBy, invoices: 3 },
    { email: mail('bilal'), created_by: createdBy, invoices: 3 },
  ]);
});

test('a trial run writes nothing and says what would fail', async () => {
  const text = `Ali Raza,${mail('ali')}\nOmar Din,${stage.staff.mentor.email}`;
  expect((await send(text, { dry_run: true })).data.rows).toMatchObject([
    { status: 'valid' },
    { status: 'failed', code: 'EMAIL_EXISTS' },
  ]);
  expect(await made()).toEqual([]);
});

test('the list sent again skips what is done and does the rest', async () => {
  await send(`Ali Raza,${mail('ali')}`);
  const again = await send(`Ali Raza,${mail('ali')}\nBilal Khan,${mail('bilal')}`);
  expect(again.data).toMatchObject({ created: 1, done_before: 1, failed: 0 });
  expect(await made()).toHaveLength(2);
  batch = randomUUID();
  expect((await send(`Ali Raza,${mail('ali')}`)).data).toMatchObject({ failed: 1, rows: [{ code: 'EMAIL_EXISTS' }] });
});

test('two calls at once make one student of each line', async () => {
  const text = `Ali Raza,${mail('ali')}\nBilal Khan,${mail('bilal')}`;
  const answers = await Promise.all([send(text), send(text)]);
  expect(answers.flatMap(({ data }) => data.rows.map(({ status }) => status)).toSorted()).toEqual([
    'created',
    'created',
    'done_before',
    'done_before',
  ]);
});

test('rights are those of a single student, line by line, and the list has its limits', async () => {
  expect((await send(`Ali Raza,${mail('ali')}`, {}, 'mentor')).code).toBe('PERMISSION_DENIED');
  const terms = { course_id: stage.course, discount: { type: 'percentage', value: 50 } };
  expect((await send(`Ali Raza,${mail('ali')}`, { terms }, 'enrollment_manager')).data.rows).toMatchObject([
    { status: 'failed', code: 'DISCOUNT_LIMIT' },
  ]);
  expect((await send(' \n ')).code).toBe('INVALID_INPUT');
  expect((await send('Ali Raza,a@b.test\n'.repeat(501))).code).toBe('INVALID_INPUT');
  expect(await made()).toEqual([]);
});
