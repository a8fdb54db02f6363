import { calendarDay } from '#contract/rules/dates.ts';
import { penaltyOf } from '#contract/rules/reminders.ts';
import type { Tx } from '../../db/sql.ts';
import { openSuspension, settleAccess } from '../access/index.ts';
import { notify, queueOutside } from '../notifications/index.ts';
import { auditInvoice } from './enrolment-changes.ts';
import type { BillingFacts, Parts } from './facts.ts';
import { readInvoice, type InvoiceRow } from './invoices.ts';
import { notifyStaff, readDebtor, wordsOf } from './messages.ts';
import { settleFees } from './settle-fees.ts';

const system = { actor: null };

/**
 * The due day has ended: the penalty is stored, the account is limited, and everybody hears of it (data model R8). Somebody who
 * never paid has nothing to limit; the night's clean-up sees to them.
 */
export async function becomeOverdue(tx: Tx, parts: Parts, invoice: InvoiceRow, facts: BillingFacts): Promise<void> {
  const penalty = penaltyOf(invoice.amount, facts);
  const now = parts.clock.now();
  await tx.query(
    "update invoices set status = 'due', penalty_amount = $2, overdue_at = $3, reminder_step = 2 where id = $1",
    [invoice.id, penalty, now],
  );
  await auditInvoice(tx, parts, invoice, 'invoice_overdue', 'due', system, { penalty });
  const { rows } = await tx.query<{ lms_status: string }>('select lms_status from users where id = $1', [
    invoice.student_id,
  ]);
  if (rows[0]!.lms_status !== 'inactive')
    await openSuspension(tx, parts, { student: invoice.student_id, cause: 'overdue', reference: invoice.id }, null);
  await settleFees(tx, invoice.student_id);
  await settleAccess(tx, parts, invoice.student_id, system);
  await tellOverdue(
    tx,
    parts,
    await readInvoice(tx, invoice.id),
    facts,
    calendarDay(now.toISOString(), facts.timezone),
  );
}

async function tellOverdue(
  tx: Tx,
  parts: Parts,
  invoice: InvoiceRow,
  facts: BillingFacts,
  today: string,
): Promise<void> {
  const fields = wordsOf(invoice, await readDebtor(tx, invoice.student_id), facts);
  const link = `invoice/${invoice.id}`;
  const message = { to: invoice.student_id, fields, link, dedupe: `invoice_overdue:${invoice.id}:${fields.due_date}` };
  await notify(tx, parts, { template: 'invoice_overdue', ...message });
  await queueOutside(tx, parts, { template: 'invoice_overdue', ...message }, { copies: facts.billing_email_cc });
  // Once per student and day, however many invoices.
  const dedupe = `financial:${invoice.student_id}:${today}`;
  await notifyStaff(tx, parts, { template: 'financial', fields, link: `student/${invoice.student_id}`, dedupe }, null);
}
