import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asServer } from '../../db/as-actor.ts';
import { createChain, handIn, openAcademy, review, watch, type Academy } from '../../testing/academy.ts';
import { callCommand, enrolOwing, openOffice, setBilling, type Office } from '../../testing/office.ts';
import { createCourse, createPerson } from '../../testing/people.ts';
import { openSuspension, settleAccess } from '../access/index.ts';
import { watchAccessEnds } from './access-ends.job.ts';
import { chaseInvoices } from './chase-invoices.job.ts';
import { closeUnpaid } from './close-unpaid.job.ts';
import { markInvoicePaid } from './mark-paid.ts';
import { createSchedule } from './schedule.ts';

let academy: Academy;
let office: Office;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  // What earlier tests owe is no subject of this one.
  await academy.rows("update invoices set status = 'cancelled' where status in ('scheduled', 'pending', 'due')");
  await setBilling(academy, { overdue_penalty_type: 'none', overdue_penalty_amount: 0 });
});

const noon = async (day: string) => {
  academy.clock.set(`${day}T12:00:00.000Z`);
  return chaseInvoices.run({}, academy.deps);
};
const pay = (invoice: string, day: string) =>
  callCommand(academy, office.dua, markInvoicePaid, {
    invoice_id: invoice,
    payment_date: day,
    payment_method: 'cash',
  });
const account = async (id: string) =>
  (
    await academy.rows<{ lms_status: string; lms_status_reason: string | null }>(
      'select lms_status, lms_status_reason from users where id = $1',
      [id],
    )
  )[0]!;
const told = async (student: string, template: string) =>
  (await academy.rows('select from notifications where user_id = $1 and template_key = $2', [student, template]))
    .length;

describe('the installments of workflows 2.5', () => {
  let student: string;
  let invoices: string[];
  beforeEach(async () => {
    office = await openOffice(academy);
    await academy.rows("update invoices set status = 'cancelled', installment_number = 9 where student_id = $1", [
      office.student.id,
    ]);
    student = office.student.id;
    const made = await asServer(academy.database.server, (tx) =>
      createSchedule(
        tx,
        academy.deps,
        {
          id: office.enrolment,
          studentId: student,
          total: 1_000_000,
          currency: 'PKR',
          installments: 3,
          batchStart: '2027-03-10',
        },
        { actor: null },
      ),
    );
    invoices = made.map(({ id }) => id);
    await pay(invoices[0]!, '2027-03-01');
  });
  const second = async () =>
    (
      await academy.rows<{
        status: string;
        first_reminder_sent_at: string | null;
        second_reminder_sent_at: string | null;
        penalty_amount: number;
      }>('select status, first_reminder_sent_at, second_reminder_sent_at, penalty_amount from invoices where id = $1', [
        invoices[1],
      ])
    )[0]!;

  test('day by day: issued, reminded twice, overdue with its penalty, and every second run does nothing', async () => {
    await setBilling(academy, { overdue_penalty_type: 'fixed', overdue_penalty_amount: 50_000 });
    expect(await noon('2027-04-08')).toMatchObject({ selected: 0 });
    expect(await noon('2027-04-09')).toMatchObject({ selected: 1, done: 1 });
    expect(await noon('2027-04-09')).toMatchObject({ selected: 0 });
    expect(await second()).toMatchObject({ status: 'pending', first_reminder_sent_at: null });
    await noon('2027-04-10');
    expect(await second()).toMatchObject({
      first_reminder_sent_at: '2027-04-10T12:00:00.000Z',
      second_reminder_sent_at: null,
    });
    expect(await noon('2027-04-11')).toMatchObject({ selected: 0 });
    await noon('2027-04-12');
    expect(await second()).toMatchObject({ second_reminder_sent_at: '2027-04-12T12:00:00.000Z' });
    expect(await noon('2027-04-14')).toMatchObject({ selected: 0 });
    expect(await account(student)).toEqual({ lms_status: 'active', lms_status_reason: null });
    await noon('2027-04-15');
    expect(await second()).toMatchObject({ status: 'due', penalty_amount: 50_000 });
    expect(await account(student)).toEqual({ lms_status: 'suspended', lms_status_reason: 'overdue' });
    expect(await noon('2027-04-15')).toMatchObject({ selected: 0 });
    expect([
      await told(student, 'invoice_due'),
      await told(student, 'invoice_overdue'),
      await told(student, 'lms_suspended'),
    ]).toEqual([2, 1, 1]);
    expect(await told(office.dua.id, 'financial')).toBeGreaterThan(0);
    const bulk = await academy.rows<{ template_key: string; priority: string }>(
      `select template_key, priority from email_queue where user_id = $1 and payload ->> 'link' = $2 order by created_at, id`,
      [student, `invoice/${invoices[1]}`],
    );
    expect(bulk).toEqual([
      { template_key: 'invoice_issued', priority: 'bulk' },
      { template_key: 'invoice_due', priority: 'bulk' },
      { template_key: 'invoice_due', priority: 'bulk' },
      { template_key: 'invoice_overdue', priority: 'immediate' },
    ]);
  });

  test('a server that was down from the 8th to the 13th issues it and leaves the reminders out', async () => {
    expect(await noon('2027-04-13')).toMatchObject({ done: 1 });
    expect(await noon('2027-04-13')).toMatchObject({ selected: 0 });
    expect(await noon('2027-04-14')).toMatchObject({ selected: 0 });
    await noon('2027-04-15');
    expect(await second()).toEqual({
      status: 'due',
      first_reminder_sent_at: null,
      second_reminder_sent_at: null,
      penalty_amount: 0,
    });
    expect(await told(student, 'invoice_due')).toBe(0);
  });

  test('a dry run counts and changes nothing', async () => {
    academy.clock.set('2027-04-09T12:00:00.000Z');
    expect(await chaseInvoices.run({}, academy.deps, { dryRun: true })).toMatchObject({ selected: 1, done: 0 });
    expect((await second()).status).toBe('scheduled');
  });

  test('what ended with its enrolment is left alone', async () => {
    await academy.rows("update course_enrollments set status = 'cancelled' where id = $1", [office.enrolment]);
    expect(await noon('2027-04-09')).toMatchObject({ selected: 0 });
  });

  test('paying the overdue one lifts exactly its cause; a manual suspension stays', async () => {
    await noon('2027-04-09');
    await noon('2027-04-15');
    await pay(invoices[1]!, '2027-04-15');
    expect(await account(student)).toEqual({ lms_status: 'active', lms_status_reason: null });
    await noon('2027-05-09');
    await noon('2027-05-15');
    await asServer(academy.database.server, async (tx) => {
      await openSuspension(tx, academy.deps, { student, cause: 'manual', reason: 'Shared the account' }, null);
      await settleAccess(tx, academy.deps, student, { actor: null });
    });
    await pay(invoices[2]!, '2027-05-15');
    expect(await account(student)).toEqual({ lms_status: 'suspended', lms_status_reason: 'manual' });
  });
});

test('the gates of workflows 2.5: an overdue invoice closes every lesson, paying it gives the chain back', async () => {
  const chain = await createChain(academy);
  const at = academy.clock.now().toISOString();
  await academy.push(chain.student, [watch(chain.student.id, chain.lessons[0]!, at)]);
  const work = handIn(chain.student.id, chain.a1, at);
  await academy.push(chain.student, [work]);
  await academy.push(chain.mentor, [review(chain.mentor.id, work.id!, 'approved', at)]);
  const reasons = () =>
    academy
      .rows<{ reason: string }>(
        `select k.reason from user_unlocks k join available_lessons l on l.id = k.lesson_id
         where k.user_id = $1 order by l.sequence_order`,
        [chain.student.id],
      )
      .then((rows) => rows.map(({ reason }) => reason));
  const before = await reasons();
  expect(before[0]).toBe('already_watched');
  office = await openOffice(academy);
  const [enrolment] = await academy.rows<{ id: string }>('select id from course_enrollments where student_id = $1', [
    chain.student.id,
  ]);
  const made = await asServer(academy.database.server, (tx) =>
    createSchedule(
      tx,
      academy.deps,
      {
        id: enrolment!.id,
        studentId: chain.student.id,
        total: 200_000,
        currency: 'PKR',
        installments: 2,
        batchStart: null,
      },
      { actor: null },
    ),
  );
  await pay(made[0]!.id, '2027-03-01');
  await noon('2027-03-31');
  await noon('2027-04-06');
  expect(new Set(await reasons())).toEqual(new Set(['account_restricted']));
  await pay(made[1]!.id, '2027-04-06');
  expect(await reasons()).toEqual(before);
});

describe('somebody who never paid', () => {
  test('is chased without a restriction, closed 14 days later, and let in by the first payment', async () => {
    office = await openOffice(academy);
    const { student, invoices } = await enrolOwing(academy, await createCourse(academy.database.server), null);
    await academy.rows(`update users set created_at = '2027-03-01T00:00:00Z' where id = $1`, [student.id]);
    await noon('2027-03-07');
    expect(await account(student.id)).toEqual({ lms_status: 'inactive', lms_status_reason: null });
    expect(await told(student.id, 'invoice_overdue')).toBe(1);
    const night = async (day: string) => {
      academy.clock.set(`${day}T23:00:00.000Z`);
      return closeUnpaid.run({}, academy.deps);
    };
    // Due on the 6th: the fourteenth day after it is the 20th in Karachi.
    await night('2027-03-19');
    expect((await account(student.id)).lms_status).toBe('inactive');
    await night('2027-03-20');
    expect(await account(student.id)).toEqual({ lms_status: 'suspended', lms_status_reason: 'unpaid' });
    expect(await night('2027-03-20')).toMatchObject({ selected: 0 });
    await pay(invoices[0]!, '2027-03-20');
    expect((await account(student.id)).lms_status).toBe('active');
  });
});

describe('the end of an access', () => {
  test('is told a week and a day before, closes the account, and opens it again when it is renewed', async () => {
    const student = await createPerson(academy.database.server, 'student');
    const course = await createCourse(academy.database.server);
    const [enrolment] = await academy.rows<{ id: string }>(
      `insert into course_enrollments (student_id, course_id, payment_status, access_expires_at)
       values ($1, $2, 'paid', '2027-03-20T08:00:00Z') returning id`,
      [student.id, course],
    );
    const at = async (moment: string) => {
      academy.clock.set(moment);
      await watchAccessEnds.run({}, academy.deps);
      return [await told(student.id, 'access_expiring'), await told(student.id, 'access_expired')];
    };
    expect(await at('2027-03-12T08:10:00Z')).toEqual([0, 0]);
    expect(await at('2027-03-13T08:10:00Z')).toEqual([1, 0]);
    expect(await at('2027-03-15T08:10:00Z')).toEqual([1, 0]);
    expect(await at('2027-03-19T08:10:00Z')).toEqual([2, 0]);
    expect(await at('2027-03-20T08:10:00Z')).toEqual([2, 1]);
    expect(await account(student.id)).toEqual({ lms_status: 'suspended', lms_status_reason: 'expired' });
    expect(await at('2027-03-20T09:10:00Z')).toEqual([2, 1]);
    await academy.rows(`update course_enrollments set access_expires_at = '2028-03-20T08:00:00Z' where id = $1`, [
      enrolment!.id,
    ]);
    await at('2027-03-20T10:10:00Z');
    expect(await account(student.id)).toEqual({ lms_status: 'active', lms_status_reason: null });
  });

  test('of one enrolment closes nothing while another gives access', async () => {
    const student = await createPerson(academy.database.server, 'student');
    for (const ends of ['2027-03-02T08:00:00Z', null])
      await academy.rows(
        `insert into course_enrollments (student_id, course_id, payment_status, access_expires_at) values ($1, $2, 'paid', $3)`,
        [student.id, await createCourse(academy.database.server), ends],
      );
    academy.clock.set('2027-03-02T08:10:00Z');
    await watchAccessEnds.run({}, academy.deps);
    expect(await told(student.id, 'access_expired')).toBe(1);
    expect((await account(student.id)).lms_status).toBe('active');
  });
});
