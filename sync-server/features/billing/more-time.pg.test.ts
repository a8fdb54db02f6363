import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asServer } from '../../db/as-actor.ts';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { callCommand, codeOf, openOffice, setBilling, type Office } from '../../testing/office.ts';
import type { Person } from '../../testing/people.ts';
import { openSuspension, settleAccess } from '../access/index.ts';
import { extendDueDate } from './extend.ts';
import { markInvoicePaid } from './mark-paid.ts';
import { resendInvoice } from './resend.ts';
import { updateBillingSettings } from './settings.ts';
import { cancelInvoice, createInvoice } from './single-invoices.ts';

let academy: Academy;
let office: Office;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  office = await openOffice(academy);
});

const lmsStatus = async () =>
  (await academy.rows<{ lms_status: string }>('select lms_status from users where id = $1', [office.student.id]))[0]!
    .lms_status;

describe('more time', () => {
  const extend = (actor: Person, more: Record<string, unknown> = {}) =>
    callCommand(academy, actor, extendDueDate, {
      invoice_id: office.invoices[1]!,
      new_due_date: '2027-04-20',
      reason: 'Salary comes late',
      ...more,
    });

  test('takes penalty and restriction away, and counts reminders from today', async () => {
    await callCommand(academy, office.dua, markInvoicePaid, {
      invoice_id: office.invoices[0]!,
      payment_date: '2027-03-01',
      payment_method: 'cash',
    });
    await academy.rows(
      `update invoices set status = 'due', penalty_amount = 5000, overdue_at = now(), reminder_step = 2, invoice_number = 'INV-2027-9' || right(id::text, 5)
       where id = $1`,
      [office.invoices[1]],
    );
    await asServer(academy.database.server, async (tx) => {
      const overdue = { student: office.student.id, cause: 'overdue', reference: office.invoices[1]! } as const;
      await openSuspension(tx, academy.deps, overdue, null);
      await settleAccess(tx, academy.deps, office.student.id, { actor: null });
    });
    expect(await lmsStatus()).toBe('suspended');
    academy.clock.set('2027-04-06T08:00:00.000Z');
    const answer = await extend(office.dua);
    expect(answer).toMatchObject({ restored: true, invoice: { status: 'pending', payable: 333_300 } });
    expect(await lmsStatus()).toBe('active');
    expect(
      await academy.rows('select reminder_from, reminder_step, overdue_at from invoices where id = $1', [
        office.invoices[1],
      ]),
    ).toEqual([{ reminder_from: '2027-04-06', reminder_step: 0, overdue_at: null }]);
  });

  test('names the student’s earliest unpaid invoice where none is named', async () => {
    const answer = await extend(office.dua, { invoice_id: undefined, student_id: office.student.id });
    expect(answer.invoice.id).toBe(office.invoices[0]);
  });

  test('lies ahead and is given by admins only, for what is issued and unpaid', async () => {
    const first = { invoice_id: office.invoices[0]! };
    expect(await codeOf(extend(office.dua, { ...first, new_due_date: '2027-03-01' }))).toBe('INVALID_INPUT');
    expect(await codeOf(extend(office.dua, { ...first, new_due_date: '2027-03-06' }))).toBe('INVALID_INPUT');
    expect(await codeOf(extend(office.dua))).toBe('CONFLICT INVOICE_NOT_PAYABLE');
    for (const person of [office.student, office.bilal, office.omar])
      expect(await codeOf(extend(person, first))).toBe('PERMISSION_DENIED');
    expect(await codeOf(extend(office.dua, { ...first, new_due_date: '2027-03-07' }))).toBe('done');
  });
});

describe('sending an invoice again', () => {
  const resend = (actor: Person, student_ids: string[]) => callCommand(academy, actor, resendInvoice, { student_ids });

  test('sends the earliest unpaid one, once an hour', async () => {
    const none = office.sana.id;
    expect(await resend(office.omar, [office.student.id, none])).toEqual({
      sent: [office.student.id],
      failed: [none],
      none_unpaid: [],
    });
    expect((await resend(office.dua, [office.student.id])).failed).toEqual([office.student.id]);
    academy.clock.pass(60);
    expect((await resend(office.dua, [office.student.id])).sent).toEqual([office.student.id]);
    const mails = await academy.rows(
      `select id from email_queue where user_id = $1 and payload ->> 'link' = $2 and dedupe_key like 'invoice_resent:%'`,
      [office.student.id, `invoice/${office.invoices[0]}`],
    );
    expect(mails).toHaveLength(2);
  });

  test('finds nothing to send, and reaches no student of others', async () => {
    await academy.rows("update invoices set status = 'cancelled' where student_id = $1", [office.student.id]);
    expect((await resend(office.dua, [office.student.id])).none_unpaid).toEqual([office.student.id]);
    await academy.rows('update users set created_by = null where id = $1', [office.student.id]);
    expect((await resend(office.omar, [office.student.id])).failed).toEqual([office.student.id]);
    expect(await codeOf(resend(office.bilal, [office.student.id]))).toBe('PERMISSION_DENIED');
  });
});

describe('single invoices', () => {
  const create = (actor: Person) =>
    callCommand(academy, actor, createInvoice, {
      enrollment_id: office.enrolment,
      amount: 50_000,
      due_date: '2027-03-10',
      reason: 'Second exam',
    });

  test('one more is issued as the next installment', async () => {
    const { invoice } = await create(office.dua);
    expect(invoice).toMatchObject({ installment_number: 4, amount: 50_000, status: 'pending' });
    expect(invoice.invoice_number).toMatch(/^INV-2027-/);
    expect(await academy.rows('select total_amount from course_enrollments where id = $1', [office.enrolment])).toEqual(
      [{ total_amount: 1_050_000 }],
    );
  });

  test('an unpaid one is cancelled and keeps its number; a paid one is not', async () => {
    const cancel = (invoice_id: string, actor = office.dua) =>
      callCommand(academy, actor, cancelInvoice, { invoice_id, reason: 'Written by mistake' });
    const { invoice } = await create(office.dua);
    const cancelled = await cancel(invoice.id);
    expect(cancelled.invoice).toMatchObject({ status: 'cancelled', invoice_number: invoice.invoice_number });
    expect(await codeOf(cancel(invoice.id))).toBe('CONFLICT INVOICE_NOT_PAYABLE');
    for (const person of [office.student, office.bilal, office.omar]) {
      expect(await codeOf(create(person))).toBe('PERMISSION_DENIED');
      expect(await codeOf(cancel(office.invoices[0]!, person))).toBe('PERMISSION_DENIED');
    }
  });
});

describe('billing settings', () => {
  const update = (actor: Person, change: Record<string, unknown>) =>
    callCommand(academy, actor, updateBillingSettings, change);

  test('are the superadmin’s, with before and after in the trail and the old ones kept', async () => {
    await setBilling(academy, { invoice_send_gap_days: 30, payment_methods: [] });
    const methods = [
      { type: 'bank_transfer', name: 'Bank', enabled: true, details: { Account: '1' } },
      { type: 'cod', name: 'Cash', enabled: false, details: {} },
    ];
    const answer = await update(office.sana, { invoice_send_gap_days: 14, payment_methods: methods });
    expect(answer.changed).toEqual(['invoice_send_gap_days', 'payment_methods']);
    expect(
      await academy.rows('select invoice_send_gap_days, enabled_payment_methods, v from billing_settings'),
    ).toEqual([{ invoice_send_gap_days: 14, enabled_payment_methods: [methods[0]], v: answer.v }]);
    expect(
      await academy.rows(
        `select data -> 'before' -> 'invoice_send_gap_days' as gap from admin_logs where action = 'settings_updated'`,
      ),
    ).toEqual([{ gap: 30 }]);
    expect(await academy.rows(`select before ->> 'invoice_send_gap_days' as gap from settings_revisions`)).toEqual([
      { gap: '30' },
    ]);
    expect((await update(office.sana, { invoice_send_gap_days: 14 })).changed).toEqual([]);
  });

  test('are refused to everybody else, out of bounds, and on a stale revision', async () => {
    for (const person of [office.student, office.bilal, office.omar, office.dua])
      expect(await codeOf(update(person, { invoice_send_gap_days: 7 }))).toBe('PERMISSION_DENIED');
    expect(await codeOf(update(office.sana, { invoice_send_gap_days: 91 }))).toBe('INVALID_INPUT');
    expect(await codeOf(update(office.sana, { enabled_payment_methods: [] }))).toBe('INVALID_INPUT');
    expect(await codeOf(update(office.sana, { currency: 'USD', expected_revision: office.enrolment }))).toBe(
      'CONFLICT',
    );
  });
});
