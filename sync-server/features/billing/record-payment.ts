import { calendarDay, startOfDay } from '#contract/rules/dates.ts';
import { remainingOf, spreadCredit, surplusOf } from '#contract/rules/owing.ts';
import { isPayable } from '#contract/rules/payments.ts';
import type { Tx } from '../../db/sql.ts';
import { AppError } from '../../http/errors.ts';
import { liftSuspensions } from '../access/index.ts';
import { auditInvoice } from './enrolment-changes.ts';
import { issueNumber, readBillingFacts, type BillingFacts, type By, type Parts } from './facts.ts';
import { readInvoice, readInvoicesOf, type InvoiceRow } from './invoices.ts';
import { linkProofs } from './proof-files.ts';
import { settleFees } from './settle-fees.ts';

export type Payment = {
  /** Company day, `2027-03-05`. */
  payment_date: string;
  payment_method: string;
  transaction_id?: string | undefined;
  notes?: string | undefined;
  waive_penalty: boolean;
  amount?: number | undefined;
  proofs: readonly string[];
};
export type Recorded = { id: string; receipt_number: string; amount: number };

export const notPayable = (): AppError =>
  new AppError('CONFLICT', { message: 'This invoice cannot be paid.', details: { reason: 'INVOICE_NOT_PAYABLE' } });
const invalid = (path: string, message: string): AppError =>
  new AppError('INVALID_INPUT', { details: [{ path, message }] });

/**
 * Writes one payment into the ledger and everything that follows from it for the invoices: sums, paid, credit on the next ones,
 * the enrolment, the cleared fees, and the causes that end with it (data model R9). Call `lockMoney` before, and settle access
 * and lessons afterwards.
 */
export async function recordPayment(
  tx: Tx,
  parts: Parts,
  invoiceId: string,
  payment: Payment,
  by: By,
): Promise<Recorded> {
  const facts = await readBillingFacts(tx);
  const before = await readInvoice(tx, invoiceId);
  if (!isPayable(before.status)) throw notPayable();
  if (payment.payment_date > calendarDay(parts.clock.now().toISOString(), facts.timezone))
    throw invalid('payment_date', 'It lies ahead.');
  if (payment.waive_penalty) await waivePenalty(tx, parts, before, by);
  const invoice = await readInvoice(tx, invoiceId);
  const amount = await checkAmount(tx, invoice, payment, facts);
  const recorded = await insertPayment(tx, parts, invoice, amount, payment, facts, by);
  await tx.query(
    `update invoices set amount_paid = amount_paid + $2, payment_method = $3, notes = coalesce($4, notes) where id = $1`,
    [invoiceId, amount, payment.payment_method, payment.notes ?? null],
  );
  await settleInvoices(
    tx,
    parts,
    await readInvoice(tx, invoiceId),
    startOfDay(payment.payment_date, facts.timezone),
    by,
  );
  await settleFees(tx, invoice.student_id);
  return recorded;
}

async function waivePenalty(tx: Tx, parts: Parts, invoice: InvoiceRow, by: By): Promise<void> {
  if (invoice.penalty_amount === 0) return;
  await tx.query(
    'update invoices set penalty_amount = 0, penalty_waived_by = $2, penalty_waived_at = $3 where id = $1',
    [invoice.id, by.actor, parts.clock.now()],
  );
  await auditInvoice(tx, parts, invoice, 'penalty_waived', invoice.status, by, { penalty: invoice.penalty_amount });
}

async function checkAmount(tx: Tx, invoice: InvoiceRow, payment: Payment, facts: BillingFacts): Promise<number> {
  const missing = remainingOf(invoice);
  const amount = payment.amount ?? missing;
  if (amount < missing && !facts.accepts_part_payments)
    throw invalid('amount', 'Only the whole of what is open can be recorded.');
  const others = invoice.enrollment_id === null ? [invoice] : await readInvoicesOf(tx, invoice.enrollment_id);
  if (surplusOf(others, invoice, amount) > 0)
    throw invalid('amount', 'It is more than this and the next invoices come to.');
  return amount;
}

async function insertPayment(
  tx: Tx,
  parts: Parts,
  invoice: InvoiceRow,
  amount: number,
  payment: Payment,
  facts: BillingFacts,
  by: By,
): Promise<Recorded> {
  const receipt_number = await issueNumber(tx, 'RCPT', parts.clock.now());
  const { rows } = await tx.query<{ id: string }>(
    `insert into installment_payments (student_id, invoice_id, amount, currency, receipt_number, payment_date, payment_method,
       transaction_id, status, proof_file_ids, recorded_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'paid', $9, $10)
     on conflict (payment_method, transaction_id) where transaction_id is not null do nothing returning id`,
    [
      invoice.student_id,
      invoice.id,
      amount,
      invoice.currency,
      receipt_number,
      startOfDay(payment.payment_date, facts.timezone),
      payment.payment_method,
      payment.transaction_id ?? null,
      payment.proofs,
      by.actor,
    ],
  );
  const made = rows[0];
  if (!made)
    throw new AppError('CONFLICT', {
      message: 'A payment with this transaction id is recorded already.',
      details: { reason: 'TRANSACTION_KNOWN' },
    });
  await linkProofs(tx, payment.proofs, made.id);
  await auditInvoice(tx, parts, invoice, 'payment_recorded', invoice.status, by, {
    amount,
    receipt_number,
    method: payment.payment_method,
  });
  return { id: made.id, receipt_number, amount };
}

/** The invoice that the money came for is settled first; only what is left of it goes on to the others. */
async function settleInvoices(tx: Tx, parts: Parts, invoice: InvoiceRow, paidAt: string, by: By): Promise<void> {
  const before = invoice.enrollment_id === null ? [invoice] : await readInvoicesOf(tx, invoice.enrollment_id);
  const now = before.map((one) =>
    one.id === invoice.id && remainingOf(one) === 0 ? { ...one, status: 'paid' as const } : one,
  );
  await storeCredits(tx, parts, before, now, paidAt, by);
}

/** Works out anew what earlier payments of an enrolment come to for its open invoices; a refund may have taken it away. */
export async function spreadOverpaid(tx: Tx, parts: Parts, enrolmentId: string, by: By): Promise<void> {
  const invoices = await readInvoicesOf(tx, enrolmentId);
  await storeCredits(tx, parts, invoices, invoices, parts.clock.now().toISOString(), by);
}

async function storeCredits(
  tx: Tx,
  parts: Parts,
  before: readonly InvoiceRow[],
  now: readonly InvoiceRow[],
  paidAt: string,
  by: By,
): Promise<void> {
  const credited = new Map(spreadCredit(now).map((one) => [one.id, one]));
  for (const [at, old] of before.entries()) {
    const fresh = credited.get(old.id) ?? now[at]!;
    if (fresh.status === old.status && fresh.credit_amount === old.credit_amount) continue;
    await tx.query('update invoices set status = $2, credit_amount = $3 where id = $1', [
      old.id,
      fresh.status,
      fresh.credit_amount,
    ]);
    if (fresh.status === 'paid' && old.status !== 'paid') await closePaid(tx, parts, old, paidAt, by);
  }
}

/** An invoice that was never issued gets its number now; what its lateness had closed is open again. */
async function closePaid(tx: Tx, parts: Parts, old: InvoiceRow, paidAt: string, by: By): Promise<void> {
  await tx.query('update invoices set paid_at = $2, invoice_number = $3 where id = $1', [
    old.id,
    paidAt,
    old.invoice_number ?? (await issueNumber(tx, 'INV', parts.clock.now())),
  ]);
  await liftSuspensions(tx, parts, old.student_id, { cause: 'overdue', reference: old.id }, by.actor);
  await liftSuspensions(tx, parts, old.student_id, { cause: 'unpaid' }, by.actor);
  await auditInvoice(tx, parts, old, 'invoice_paid', 'paid', by);
}
