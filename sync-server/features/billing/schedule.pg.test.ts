import { afterAll, beforeAll, expect, test } from 'vitest';
import { calendarDay } from '#contract/rules/dates.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { enrolOwing } from '../../testing/office.ts';
import { createCourse, createPerson } from '../../testing/people.ts';
import { cancelOpenInvoices, reopenInvoices } from './enrolment-changes.ts';
import { createSchedule } from './schedule.ts';

let academy: Academy;
let course: string;
beforeAll(async () => {
  academy = await openAcademy();
  course = await createCourse(academy.database.server, { title: 'Store Building' });
});
afterAll(() => academy.database.drop());

const day = (instant: string) => calendarDay(instant, 'Asia/Karachi');
const invoicesOf = (enrolment: string) =>
  academy.rows<{ id: string; status: string; invoice_number: string | null; issue_date: string; due_date: string }>(
    'select * from invoices where enrollment_id = $1 order by installment_number, id',
    [enrolment],
  );
const as = <T>(work: (tx: Tx) => Promise<T>) => asServer(academy.database.server, work);
const by = { actor: null };

test('a schedule is stored with what it is for, and its first invoice is told to the student and to staff', async () => {
  const admin = await createPerson(academy.database.server, 'admin');
  const { student, enrolment, invoices } = await enrolOwing(academy, course, null);
  expect(
    (await invoicesOf(enrolment)).map(({ status, issue_date, due_date }) => [status, day(issue_date), day(due_date)]),
  ).toEqual([
    ['pending', '2027-03-01', '2027-03-06'],
    ['scheduled', '2027-03-31', '2027-04-05'],
    ['scheduled', '2027-04-30', '2027-05-05'],
  ]);
  const told = await academy.rows<{ user_id: string }>(
    `select user_id from notifications where template_key = 'invoice_issued' and payload ->> 'link' = $1`,
    [`invoice/${invoices[0]}`],
  );
  expect(told.map(({ user_id }) => user_id).toSorted()).toEqual([student.id, admin.id].toSorted());
  expect(await academy.rows('select enrollment_details from invoices where id = $1', [invoices[0]])).toEqual([
    { enrollment_details: { courses: ['Store Building'], pathways: [] } },
  ]);
});

test('nothing to pay makes no invoice', async () => {
  const { invoices } = await enrolOwing(academy, course, null, { total: 0, payment_status: 'waived' });
  expect(invoices).toEqual([]);
});

test('one enrolment never has the same installment twice', async () => {
  const { student, enrolment } = await enrolOwing(academy, course, null);
  const again = {
    id: enrolment,
    studentId: student.id,
    total: 500,
    currency: 'PKR',
    installments: 1,
    batchStart: null,
  };
  await expect(as((tx) => createSchedule(tx, academy.deps, again, by))).rejects.toThrow('invoices_installment');
  expect(await invoicesOf(enrolment)).toHaveLength(3);
});

test('what is owed goes with its enrolment and comes back with it, as the dates have it by then', async () => {
  const { student, enrolment } = await enrolOwing(academy, course, null);
  await academy.rows("update course_enrollments set status = 'cancelled' where id = $1", [enrolment]);
  expect(await as((tx) => cancelOpenInvoices(tx, academy.deps, enrolment, by))).toBe(3);
  const [gone] = await invoicesOf(enrolment);
  expect(gone).toMatchObject({ status: 'cancelled', invoice_number: expect.stringMatching(/^INV-/) });
  academy.clock.set('2027-03-07T08:00:00.000Z');
  await academy.rows("update course_enrollments set status = 'active' where id = $1", [enrolment]);
  const back = await as((tx) => reopenInvoices(tx, academy.deps, enrolment, by));
  expect(back.map(({ status }) => status)).toEqual(['due', 'scheduled', 'scheduled']);
  expect(back[0]!.invoice_number).toBe(gone!.invoice_number);
  expect(await as((tx) => reopenInvoices(tx, academy.deps, enrolment, by))).toEqual([]);
  expect(await academy.rows('select fees_cleared from students where id = $1', [student.id])).toEqual([
    { fees_cleared: false },
  ]);
  academy.clock.set('2027-03-01T08:00:00.000Z');
});
