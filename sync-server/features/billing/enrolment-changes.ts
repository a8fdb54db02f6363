import { calendarDay } from '#contract/rules/dates.ts';
import { isOpen } from '#contract/rules/owing.ts';
import { isPastDue } from '#contract/rules/reminders.ts';
import type { Tx } from '../../db/sql.ts';
import { writeAudit } from '../people/index.ts';
import { readBillingFacts, type By, type Parts } from './facts.ts';
import { readInvoicesOf, type InvoiceRow } from './invoices.ts';
import { settleFees } from './settle-fees.ts';

/** Says why an invoice was cancelled, and so which ones come back with their enrolment. */
const enrolmentEnded = 'enrolment_ended';

/** Cancels what is still owed for an enrolment that ends (workflows 3.8, 3.12); never what was paid. Answers how many. */
export async function cancelOpenInvoices(tx: Tx, parts: Parts, enrolmentId: string, by: By): Promise<number> {
  const open = (await readInvoicesOf(tx, enrolmentId)).filter(isOpen);
  for (const invoice of open) {
    await tx.query("update invoices set status = 'cancelled', cancel_reason = $2, credit_amount = 0 where id = $1", [
      invoice.id,
      enrolmentEnded,
    ]);
    await auditInvoice(tx, parts, invoice, 'invoice_cancelled', 'cancelled', by);
  }
  if (open[0]) await settleFees(tx, open[0].student_id);
  return open.length;
}

/**
 * Brings back the invoices that went with their enrolment, as their dates would have them today: issued ones keep their number,
 * later ones wait for their day again. Answers them.
 */
export async function reopenInvoices(tx: Tx, parts: Parts, enrolmentId: string, by: By): Promise<InvoiceRow[]> {
  const facts = await readBillingFacts(tx);
  const now = parts.clock.now().toISOString();
  const invoices = await readInvoicesOf(tx, enrolmentId);
  const taken = new Set(invoices.filter(({ status }) => status !== 'cancelled').map((one) => one.installment_number));
  const gone = invoices.filter(
    (one) => one.status === 'cancelled' && one.cancel_reason === enrolmentEnded && !taken.has(one.installment_number),
  );
  for (const invoice of gone) {
    const status =
      invoice.invoice_number === null ? 'scheduled' : isPastDue(invoice, now, facts.timezone) ? 'due' : 'pending';
    // Reminders of the time in between are not sent later.
    await tx.query(
      'update invoices set status = $2, cancel_reason = null, reminder_from = $3, reminder_step = 0 where id = $1',
      [invoice.id, status, status === 'pending' ? calendarDay(now, facts.timezone) : null],
    );
    await auditInvoice(tx, parts, invoice, 'invoice_reopened', status, by);
  }
  if (gone[0]) await settleFees(tx, gone[0].student_id);
  return (await readInvoicesOf(tx, enrolmentId)).filter(({ id }) => gone.some((one) => one.id === id));
}

/** One line of the trail for a change of an invoice's status. */
export async function auditInvoice(
  tx: Tx,
  parts: Parts,
  invoice: Pick<InvoiceRow, 'id' | 'student_id' | 'status' | 'installment_number'>,
  action: string,
  status: InvoiceRow['status'],
  by: By,
  more: Record<string, unknown> = {},
): Promise<void> {
  await writeAudit(tx, parts, {
    actor: by.actor,
    entity: 'invoice',
    id: invoice.id,
    action,
    about: invoice.student_id,
    summary: `Installment ${invoice.installment_number}: ${invoice.status} to ${status}`,
    data: { before: { status: invoice.status }, after: { status }, ...more },
  });
}
