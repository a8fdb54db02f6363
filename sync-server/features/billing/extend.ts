import { extendDueDateSchema, extendedSchema } from '#contract/api/billing.ts';
import { calendarDay, startOfDay } from '#contract/rules/dates.ts';
import { dueDay } from '#contract/rules/reminders.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { notify, queueOutside } from '../notifications/index.ts';
import { liftSuspensions, settleAccess } from '../access/index.ts';
import { auditInvoice } from './enrolment-changes.ts';
import { readBillingFacts, type BillingFacts, type Parts } from './facts.ts';
import { answerOf, findStudentOf, lockMoney, readInvoice, unknownInvoice, type InvoiceRow } from './invoices.ts';
import { readDebtor } from './messages.ts';
import { notPayable } from './record-payment.ts';
import { settleFees } from './settle-fees.ts';

/** Gives more time (workflows 3.13): no penalty, no overdue, and the reminders count from today. */
export const extendDueDate = defineCommand({
  name: 'extend-due-date',
  summary: 'Give a student more time for an invoice',
  input: extendDueDateSchema,
  output: extendedSchema,
  roles: ['admin', 'superadmin'],
  writes: true,
  privileged: true,
  once: async ({ tx, deps, actor, now, requestId }, { invoice_id, student_id, new_due_date, reason }) => {
    const by = { actor: actor.id, requestId };
    const facts = await readBillingFacts(tx);
    const invoice = await lockUnpaid(tx, invoice_id, student_id);
    const today = calendarDay(now.toISOString(), facts.timezone);
    if (new_due_date <= today || new_due_date <= dueDay(invoice, facts.timezone))
      throw new AppError('INVALID_INPUT', { details: [{ path: 'new_due_date', message: 'It must lie later.' }] });
    await tx.query(
      `update invoices set extended_due_date = $2, status = case status when 'due' then 'pending' else status end,
           penalty_amount = 0, overdue_at = null, first_reminder_sent_at = null, second_reminder_sent_at = null,
           reminder_from = $3, reminder_step = 0 where id = $1`,
      [invoice.id, startOfDay(new_due_date, facts.timezone), today],
    );
    const lifted = await liftSuspensions(
      tx,
      deps,
      invoice.student_id,
      { cause: 'overdue', reference: invoice.id },
      actor.id,
    );
    const extended = await readInvoice(tx, invoice.id);
    await auditInvoice(tx, deps, invoice, 'fee_extension_granted', extended.status, by, {
      old_date: dueDay(invoice, facts.timezone),
      new_date: new_due_date,
      reason,
    });
    await settleFees(tx, invoice.student_id);
    await settleAccess(tx, deps, invoice.student_id, by);
    await tell(tx, deps, invoice, facts, { new_due_date, reason, restored: lifted > 0 });
    return { invoice: answerOf(extended), restored: lifted > 0 };
  },
});

/** The invoice named, or the earliest one of the student that was issued and is unpaid. */
async function lockUnpaid(tx: Tx, invoiceId: string | undefined, studentId: string | undefined): Promise<InvoiceRow> {
  await lockMoney(tx, studentId ?? (await findStudentOf(tx, invoiceId!)));
  const id = invoiceId ?? (await findEarliestUnpaid(tx, studentId!))?.id;
  if (!id) throw unknownInvoice();
  const invoice = await readInvoice(tx, id);
  if (invoice.status !== 'pending' && invoice.status !== 'due') throw notPayable();
  return invoice;
}

/** The invoice a student has to deal with first: issued, unpaid, due earliest. */
export async function findEarliestUnpaid(tx: Tx, studentId: string): Promise<InvoiceRow | null> {
  const { rows } = await tx.query<InvoiceRow>(
    `select * from invoices where student_id = $1 and status in ('pending', 'due') and not is_deleted
     order by coalesce(extended_due_date, due_date), installment_number, id limit 1`,
    [studentId],
  );
  return rows[0] ?? null;
}

async function tell(
  tx: Tx,
  parts: Parts,
  invoice: InvoiceRow,
  facts: BillingFacts,
  extension: { new_due_date: string; reason: string; restored: boolean },
): Promise<void> {
  const fields = {
    name: (await readDebtor(tx, invoice.student_id)).name,
    old_date: dueDay(invoice, facts.timezone),
    new_date: extension.new_due_date,
    reason: extension.reason,
    restored: extension.restored ? 'Your access is restored.' : '',
  };
  const dedupe = `fee_extension:${invoice.id}:${extension.new_due_date}`;
  const message = {
    template: 'fee_extension',
    to: invoice.student_id,
    fields,
    link: `invoice/${invoice.id}`,
    dedupe,
  } as const;
  await notify(tx, parts, message);
  await queueOutside(tx, parts, message, { copies: facts.billing_email_cc });
}
