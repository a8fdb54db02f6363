import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { callCommand, codeOf, enrolOwing, openOffice, type Office } from '../../testing/office.ts';
import { createCourse, type Person } from '../../testing/people.ts';
import { markInvoicePaid } from './mark-paid.ts';
import { processRefund } from './refund.ts';

let academy: Academy;
let office: Office;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  office = await openOffice(academy);
});

const pay = (invoice_id: string, more: Record<string, unknown> = {}) =>
  callCommand(academy, office.dua, markInvoicePaid, {
    invoice_id,
    payment_date: '2027-03-01',
    payment_method: 'cash',
    ...more,
  });
const refund = (actor: Person, invoice_ids: string[], more: Record<string, unknown> = {}) =>
  callCommand(academy, actor, processRefund, {
    invoice_ids,
    reason: 'Moved abroad',
    refund_method: 'bank_transfer',
    ...more,
  });
const state = async () =>
  (
    await academy.rows(
      `select u.status, u.lms_status, s.fees_cleared, e.status as enrolment, e.payment_status, e.amount_paid
       from course_enrollments e join users u on u.id = e.student_id join students s on s.id = u.id where e.id = $1`,
      [office.enrolment],
    )
  )[0];
const statuses = async () =>
  (
    await academy.rows<{ status: string }>(
      'select status from invoices where enrollment_id = $1 order by installment_number',
      [office.enrolment],
    )
  ).map(({ status }) => status);
const refunds = () =>
  academy.rows<{ amount: number; receipt_number: string; recorded_by: string }>(
    `select amount, receipt_number, recorded_by from installment_payments where student_id = $1 and status = 'refunded' order by receipt_number`,
    [office.student.id],
  );
const certificate = (course: string) =>
  academy.rows(
    `insert into certificates (student_id, type, course_id, number, title, printed_name, verification_code)
     values ($1, 'course', $2, 'CERT-2027-' || lpad((random() * 899999 + 100000)::int::text, 6, '0'), 'Done', 'Ayesha',
       translate(left(upper(md5(random()::text)), 16), '0189', 'ABCD'))`,
    [office.student.id, course],
  );
const revoked = () =>
  academy.rows('select revoke_reason from certificates where student_id = $1 and revoked_at is not null', [
    office.student.id,
  ]);
const courseOf = async () =>
  (
    await academy.rows<{ course_id: string }>('select course_id from course_enrollments where id = $1', [
      office.enrolment,
    ])
  )[0]!.course_id;

describe('a full refund', () => {
  test('reverses every payment, ends enrolment, debts, access and certificates', async () => {
    await pay(office.invoices[0]!);
    await certificate(await courseOf());
    expect(await state()).toMatchObject({ status: 'active', lms_status: 'active', payment_status: 'partial' });
    const answer = await refund(office.dua, [office.invoices[0]!]);
    expect(answer).toMatchObject({ count: 1, total: 333_400, currency: 'PKR', suspended: true });
    expect(await refunds()).toEqual([
      { amount: 333_400, receipt_number: expect.stringMatching(/^RFND-2027-\d{6}$/), recorded_by: office.dua.id },
    ]);
    expect(await statuses()).toEqual(['refunded', 'cancelled', 'cancelled']);
    expect(await state()).toEqual({
      status: 'suspended',
      lms_status: 'refunded',
      fees_cleared: false,
      enrolment: 'cancelled',
      payment_status: 'refunded',
      amount_paid: 0,
    });
    expect(await revoked()).toEqual([{ revoke_reason: 'Moved abroad' }]);
    expect(await codeOf(refund(office.dua, [office.invoices[0]!]))).toBe('CONFLICT NOT_PAID');
  });

  test('is told to the student and noted for the team, never in a note the student reads', async () => {
    await pay(office.invoices[0]!);
    await refund(office.dua, [office.invoices[0]!]);
    const [told] = await academy.rows<{ title: string; body: string }>(
      `select title, body from notifications where user_id = $1 and template_key = 'refund_confirmation'`,
      [office.student.id],
    );
    expect(told).toEqual({
      title: 'We sent PKR 3,334.00 back to you',
      body: 'Moved abroad Your access has ended with it.',
    });
    expect(
      await academy.rows('select author_id, author_name, kind from student_notes where student_id = $1', [
        office.student.id,
      ]),
    ).toEqual([{ author_id: office.dua.id, author_name: 'Dua', kind: 'note' }]);
  });

  test('may leave the access as it is', async () => {
    await pay(office.invoices[0]!);
    await pay(office.invoices[1]!);
    await certificate(await courseOf());
    const answer = await refund(office.dua, [office.invoices[1]!], { suspend_lms: false });
    expect(answer.suspended).toBe(false);
    expect(await statuses()).toEqual(['paid', 'refunded', 'scheduled']);
    expect(await state()).toMatchObject({ lms_status: 'active', enrolment: 'active', payment_status: 'partial' });
    // Another installment of the enrolment is still paid.
    expect(await revoked()).toEqual([]);
  });

  test('takes back the credit that an overpayment gave', async () => {
    await pay(office.invoices[0]!, { amount: 400_000 });
    await refund(office.dua, [office.invoices[0]!], { suspend_lms: false });
    expect(
      await academy.rows('select sum(credit_amount) as credit from invoices where enrollment_id = $1', [
        office.enrolment,
      ]),
    ).toEqual([{ credit: 0 }]);
    expect((await refunds()).map(({ amount }) => amount)).toEqual([400_000]);
  });

  test('goes together with what its overpayment has paid', async () => {
    await pay(office.invoices[0]!, { amount: 700_000 });
    expect(await codeOf(refund(office.dua, [office.invoices[0]!]))).toBe('CONFLICT CREDIT_PASSED_ON');
    expect(await refund(office.dua, office.invoices.slice(0, 2))).toMatchObject({ count: 2, total: 700_000 });
    expect(await statuses()).toEqual(['refunded', 'refunded', 'cancelled']);
  });
});

describe('a part of it', () => {
  test('goes back step by step, and revokes nothing', async () => {
    await pay(office.invoices[0]!);
    await certificate(await courseOf());
    expect(await refund(office.dua, [office.invoices[0]!], { amount: 100_000 })).toMatchObject({
      total: 100_000,
      suspended: false,
    });
    expect(await statuses()).toEqual(['paid', 'scheduled', 'scheduled']);
    expect(await state()).toMatchObject({ lms_status: 'active', amount_paid: 233_400 });
    expect(await revoked()).toEqual([]);
    expect(await codeOf(refund(office.dua, [office.invoices[0]!], { amount: 233_401 }))).toBe('INVALID_INPUT');
    await refund(office.dua, [office.invoices[0]!], { amount: 233_400 });
    expect(await statuses()).toEqual(['refunded', 'cancelled', 'cancelled']);
    expect(await revoked()).toHaveLength(1);
  });

  test('is of one invoice and does not end the access', async () => {
    await pay(office.invoices[0]!);
    await pay(office.invoices[1]!);
    expect(await codeOf(refund(office.dua, office.invoices.slice(0, 2), { amount: 1 }))).toBe('INVALID_INPUT');
    expect(await codeOf(refund(office.dua, [office.invoices[0]!], { amount: 1, suspend_lms: true }))).toBe(
      'INVALID_INPUT',
    );
    expect(await refunds()).toEqual([]);
  });
});

describe('what is refused', () => {
  test('what is not paid, what is unknown, what belongs to several, what lies ahead', async () => {
    expect(await codeOf(refund(office.dua, [office.invoices[0]!]))).toBe('CONFLICT NOT_PAID');
    expect(await codeOf(refund(office.dua, [office.enrolment]))).toBe('NOT_FOUND INVOICE_NOT_FOUND');
    const other = await enrolOwing(academy, await createCourse(academy.database.server), null);
    await pay(office.invoices[0]!);
    await pay(other.invoices[0]!);
    expect(await codeOf(refund(office.dua, [office.invoices[0]!, other.invoices[0]!]))).toBe(
      'INVALID_INPUT MIXED_STUDENTS',
    );
    expect(await codeOf(refund(office.dua, [office.invoices[0]!], { refund_date: '2027-03-02' }))).toBe(
      'INVALID_INPUT',
    );
    expect(await refunds()).toEqual([]);
  });

  test('everybody but admins', async () => {
    await pay(office.invoices[0]!);
    for (const person of [office.student, office.bilal, office.omar])
      expect(await codeOf(refund(person, [office.invoices[0]!]))).toBe('PERMISSION_DENIED');
    expect(await refunds()).toEqual([]);
  });
});
