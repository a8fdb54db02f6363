import { cancelInvoiceSchema, createInvoiceSchema, oneInvoiceSchema } from '#contract/api/billing.ts';
import { calendarDay, startOfDay } from '#contract/rules/dates.ts';
import { isOpen } from '#contract/rules/owing.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { liftSuspensions, settleAccess } from '../access/index.ts';
import { auditInvoice } from './enrolment-changes.ts';
import { readBillingFacts } from './facts.ts';
import { answerOf, findStudentOf, lockMoney, readInvoice } from './invoices.ts';
import { notPayable, spreadOverpaid } from './record-payment.ts';
import { insertInvoice, issueInvoice } from './schedule.ts';
import { settleFees } from './settle-fees.ts';

const roles = ['admin', 'superadmin'] as const;

/** One more invoice for an enrolment (workflows 3.13): the next installment, issued at once. */
export const createInvoice = defineCommand({
  name: 'create-invoice',
  summary: 'Issue one more invoice for an enrolment',
  input: createInvoiceSchema,
  output: oneInvoiceSchema,
  roles,
  writes: true,
  privileged: true,
  once: async ({ tx, deps, actor, now, requestId }, { enrollment_id, amount, due_date, reason }) => {
    const by = { actor: actor.id, requestId };
    const facts = await readBillingFacts(tx);
    if (due_date < calendarDay(now.toISOString(), facts.timezone))
      throw new AppError('INVALID_INPUT', { details: [{ path: 'due_date', message: 'It lies in the past.' }] });
    const enrolment = await lockEnrolment(tx, enrollment_id);
    const scheduled = await insertInvoice(
      tx,
      { id: enrollment_id, currency: enrolment.currency ?? facts.currency },
      {
        installment_number: enrolment.next,
        amount,
        issue_date: now.toISOString(),
        due_date: startOfDay(due_date, facts.timezone),
        notes: reason,
      },
    );
    await issueInvoice(tx, deps, scheduled, facts, { by, priority: 'immediate' });
    await spreadOverpaid(tx, deps, enrollment_id, by);
    const invoice = await readInvoice(tx, scheduled.id);
    await auditInvoice(tx, deps, scheduled, 'invoice_created', invoice.status, by, { amount, due_date, reason });
    await settleFees(tx, invoice.student_id);
    await settleAccess(tx, deps, invoice.student_id, by);
    return { invoice: answerOf(invoice) };
  },
});

type Billed = { student_id: string; status: string; next: number; currency: string | null };

async function lockEnrolment(tx: Tx, id: string): Promise<Billed> {
  const read = () =>
    tx.query<Billed>(
      `select e.student_id, e.status, e.snapshot_currency as currency,
         1 + coalesce((select max(i.installment_number) from invoices i where i.enrollment_id = e.id), 0) as next
       from course_enrollments e where e.id = $1 and not e.is_deleted`,
      [id],
    );
  const found = (await read()).rows[0];
  if (!found) throw new AppError('NOT_FOUND');
  await lockMoney(tx, found.student_id);
  const enrolment = (await read()).rows[0]!;
  if (enrolment.status === 'cancelled') throw new AppError('CONFLICT', { message: 'The enrolment has ended.' });
  return enrolment;
}

/** Takes an unpaid invoice back; a number that it has stays used. */
export const cancelInvoice = defineCommand({
  name: 'cancel-invoice',
  summary: 'Cancel an unpaid invoice',
  input: cancelInvoiceSchema,
  output: oneInvoiceSchema,
  roles,
  writes: true,
  privileged: true,
  once: async ({ tx, deps, actor, requestId }, { invoice_id, reason }) => {
    const by = { actor: actor.id, requestId };
    const student = await findStudentOf(tx, invoice_id);
    await lockMoney(tx, student);
    const invoice = await readInvoice(tx, invoice_id);
    if (!isOpen(invoice) || invoice.amount_paid > 0) throw notPayable();
    await tx.query(
      "update invoices set status = 'cancelled', cancel_reason = $2, credit_amount = 0, penalty_amount = 0 where id = $1",
      [invoice_id, reason],
    );
    await liftSuspensions(tx, deps, student, { cause: 'overdue', reference: invoice_id }, actor.id);
    await auditInvoice(tx, deps, invoice, 'invoice_cancelled', 'cancelled', by, { reason });
    if (invoice.enrollment_id) await spreadOverpaid(tx, deps, invoice.enrollment_id, by);
    await settleFees(tx, student);
    await settleAccess(tx, deps, student, by);
    return { invoice: answerOf(await readInvoice(tx, invoice_id)) };
  },
});
