import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { callCommand, codeOf, openOffice, setBilling, type Office } from '../../testing/office.ts';
import { createCourse, createPerson, type Person } from '../../testing/people.ts';
import { decideEnrolmentRequest, requestEnrolmentApproval, withdrawEnrolmentRequest } from './enrolment-requests.ts';
import { createStudent } from './students.ts';

let academy: Academy;
let office: Office;
let course: string;
let serial = 0;
beforeAll(async () => {
  academy = await openAcademy();
  office = await openOffice(academy);
  course = await createCourse(academy.database.server, { title: 'Store Building', price: 1_000_000 });
});
afterAll(() => academy.database.drop());
beforeEach(() => setBilling(academy, { em_discount_limit_percent: 10 }));

const draft = (more: Record<string, unknown> = {}) => ({
  full_name: 'Hira Baig',
  email: `hira-${++serial}@example.test`,
  course_id: course,
  installment_count: 1,
  discount: { type: 'percentage' as const, value: 25 },
  ...more,
});
const ask = (actor: Person, given = draft()) => callCommand(academy, actor, requestEnrolmentApproval, { draft: given });
const approve = (actor: Person, request_id: string, more: Record<string, unknown> = {}) =>
  callCommand(academy, actor, decideEnrolmentRequest, { decision: 'approved', request_id, ...more });
const stateOf = async (id: string) =>
  (await academy.rows('select status, decided_by, note from enrollment_requests where id = $1', [id]))[0];

test('what a manager may not do alone is parked, and the team hears of it', async () => {
  const given = draft();
  expect(await codeOf(callCommand(academy, office.omar, createStudent, given))).toMatch(/^PERMISSION_DENIED/);
  const { request_id } = await ask(office.omar, given);
  expect(await stateOf(request_id)).toEqual({ status: 'waiting', decided_by: null, note: null });
  expect(
    await academy.rows(`select body from notifications where user_id = $1 and dedupe_key = $2`, [
      office.dua.id,
      `enrollment_request:${request_id}:${office.dua.id}`,
    ]),
  ).toEqual([{ body: '25 % for Hira Baig.' }]);
});

test('approved it is the manager’s own student, enrolled at the discount', async () => {
  const { request_id } = await ask(office.omar);
  const { student_id } = await approve(office.dua, request_id);
  expect(
    await academy.rows(
      `select u.created_by, e.total_amount, e.discount_percentage from users u join course_enrollments e on e.student_id = u.id where u.id = $1`,
      [student_id],
    ),
  ).toEqual([{ created_by: office.omar.id, total_amount: 750_000, discount_percentage: 25 }]);
  expect(await academy.rows('select amount from invoices where student_id = $1', [student_id])).toEqual([
    { amount: 750_000 },
  ]);
  expect(await stateOf(request_id)).toMatchObject({ status: 'approved', decided_by: office.dua.id });
  expect(await codeOf(approve(office.sana, request_id))).toBe('CONFLICT');
});

test('the team may allow less, or return it with a note', async () => {
  const less = await ask(office.omar);
  const { student_id } = await approve(office.dua, less.request_id, { discount: { type: 'percentage', value: 15 } });
  expect(await academy.rows('select amount from invoices where student_id = $1', [student_id])).toEqual([
    { amount: 850_000 },
  ]);
  const back = await ask(office.omar);
  const note = 'Ten percent is the most.';
  await callCommand(academy, office.dua, decideEnrolmentRequest, {
    decision: 'returned',
    request_id: back.request_id,
    note,
  });
  expect(await stateOf(back.request_id)).toEqual({ status: 'returned', decided_by: office.dua.id, note });
  expect(
    await academy.rows('select title, body from notifications where dedupe_key = $1', [
      `enrollment_request_decided:${back.request_id}`,
    ]),
  ).toEqual([{ title: 'The discount for Hira Baig is returned', body: note }]);
});

test('a manager takes back only the own one that waits', async () => {
  const { request_id } = await ask(office.omar);
  const withdraw = (actor: Person) => callCommand(academy, actor, withdrawEnrolmentRequest, { request_id });
  expect(await codeOf(withdraw(await createPerson(academy.database.server, 'enrollment_manager')))).toBe('NOT_FOUND');
  await withdraw(office.omar);
  expect(await stateOf(request_id)).toMatchObject({ status: 'withdrawn' });
  expect(await codeOf(withdraw(office.omar))).toBe('CONFLICT');
  expect(await codeOf(approve(office.dua, request_id))).toBe('CONFLICT');
});

test('a draft never brings its own price, and always a discount', async () => {
  expect(await codeOf(ask(office.omar, draft({ total_amount: 1 })))).toBe('INVALID_INPUT');
  expect(await codeOf(ask(office.omar, draft({ discount: undefined })))).toBe('INVALID_INPUT');
});

test('everybody keeps to the own part', async () => {
  const { request_id } = await ask(office.omar);
  for (const person of [office.student, office.bilal, office.dua, office.sana])
    expect(await codeOf(ask(person))).toBe('PERMISSION_DENIED');
  for (const person of [office.student, office.bilal, office.omar])
    expect(await codeOf(approve(person, request_id))).toBe('PERMISSION_DENIED');
});
