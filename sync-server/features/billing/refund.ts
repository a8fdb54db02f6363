import { processRefundSchema, refundedSchema, type ProcessRefund } from '#contract/api/billing.ts';
import { calendarDay, startOfDay } from '#contract/rules/dates.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand, type CallInTransaction } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { openSuspension, settleAccess } from '../access/index.ts';
import { revokeCertificatesOfEnrolment } from '../rewards/index.ts';
import { announceRefund } from './announce-refund.ts';
import { auditInvoice, cancelOpenInvoices } from './enrolment-changes.ts';
import { readBillingFacts } from './facts.ts';
import { lockMoney, unknownInvoice, type InvoiceRow } from './invoices.ts';
import { requireProofs } from './proof-files.ts';
import { giveBack } from './give-back.ts';
import { settleFees } from './settle-fees.ts';
import { spreadOverpaid } from './record-payment.ts';

type Refund = Omit<ProcessRefund, 'suspend_lms'> & { refund_date: string; isPart: boolean; suspends: boolean };

/**
 * Gives money back (workflows 3.12): a line in the ledger for each payment, and, unless it is only a part or said otherwise, the
 * end of the enrolment and of the access. What was refunded stays so; asking again is NOT_PAID.
 */
export const processRefund = defineCommand({
  name: 'process-refund',
  summary: 'Give paid installments back',
  input: processRefundSchema,
  output: refundedSchema,
  roles: ['admin', 'superadmin'],
  writes: true,
  privileged: true,
  once: refund,
});

async function refund(call: CallInTransaction, input: ProcessRefund) {
  const { tx, deps, actor, requestId } = call;
  const by = { actor: actor.id, requestId };
  const invoices = await lockPaid(tx, input.invoice_ids);
  const terms = await readTerms(call, input, invoices);
  const [{ student_id, currency }] = invoices as [InvoiceRow];
  await requireProofs(tx, input.proofs, actor.id, student_id);
  const given: { number: string; amount: number }[] = [];
  for (const invoice of invoices) {
    given.push(...(await giveBack(tx, deps, invoice, terms, by)));
    await auditInvoice(tx, deps, invoice, 'invoice_refunded', terms.isPart ? 'paid' : 'refunded', by, {
      reason: terms.reason,
      amount: terms.amount ?? invoice.amount_paid,
    });
  }
  const total = given.reduce((sum, { amount }) => sum + amount, 0);
  const enrolments = [...new Set(invoices.flatMap(({ enrollment_id }) => enrollment_id ?? []))];
  for (const enrolment of enrolments) await closeEnrolment(call, student_id, enrolment, terms);
  await settleFees(tx, student_id);
  await noteRefund(tx, student_id, actor.id, terms, total, currency);
  await settleAccess(tx, deps, student_id, by);
  await announceRefund(tx, deps, invoices, { ...terms, total });
  return {
    count: invoices.length,
    total,
    currency,
    refund_numbers: given.map(({ number }) => number),
    suspended: terms.suspends,
  };
}

/** The invoices, locked: all paid, all of one student. */
async function lockPaid(tx: Tx, ids: readonly string[]): Promise<InvoiceRow[]> {
  const read = async () =>
    (
      await tx.query<InvoiceRow>(
        'select * from invoices where id = any ($1) and not is_deleted order by installment_number, id',
        [ids],
      )
    ).rows;
  const asked = await read();
  const [first] = asked;
  if (!first || asked.length !== new Set(ids).size) throw unknownInvoice();
  if (asked.some(({ student_id }) => student_id !== first.student_id))
    throw new AppError('INVALID_INPUT', {
      message: 'These invoices are of several students.',
      details: { reason: 'MIXED_STUDENTS' },
    });
  await lockMoney(tx, first.student_id);
  const invoices = await read();
  if (invoices.some(({ status }) => status !== 'paid'))
    throw new AppError('CONFLICT', { message: 'Only what is paid can be refunded.', details: { reason: 'NOT_PAID' } });
  return invoices;
}

const invalid = (path: string, message: string): AppError =>
  new AppError('INVALID_INPUT', { details: [{ path, message }] });

async function readTerms(
  { tx, now }: CallInTransaction,
  input: ProcessRefund,
  invoices: readonly InvoiceRow[],
): Promise<Refund> {
  const { timezone } = await readBillingFacts(tx);
  const today = calendarDay(now.toISOString(), timezone);
  const refund_date = input.refund_date ?? today;
  if (refund_date > today) throw invalid('refund_date', 'It lies ahead.');
  const paid = invoices[0]!.amount_paid;
  if (input.amount !== undefined && (invoices.length > 1 || input.amount > paid))
    throw invalid('amount', 'A part is of one invoice, and at most what was paid for it.');
  const isPart = input.amount !== undefined && input.amount < paid;
  if (isPart && input.suspend_lms) throw invalid('suspend_lms', 'A part refund does not end the access.');
  await refusePassedCredit(tx, invoices);
  const date = startOfDay(refund_date, timezone);
  return { ...input, refund_date: date, isPart, suspends: input.suspend_lms ?? !isPart };
}

/** What was paid too much may have paid another invoice; then both go back or neither. */
async function refusePassedCredit(tx: Tx, invoices: readonly InvoiceRow[]): Promise<void> {
  const overpaid = invoices.filter((one) => one.amount_paid > one.amount + one.penalty_amount - one.credit_amount);
  const { rowCount } = await tx.query(
    `select from invoices where enrollment_id = any ($1) and status = 'paid' and credit_amount > 0 and not id = any ($2)`,
    [overpaid.map(({ enrollment_id }) => enrollment_id), invoices.map(({ id }) => id)],
  );
  if (rowCount)
    throw new AppError('CONFLICT', {
      message: 'Part of this payment has paid another invoice; refund both.',
      details: { reason: 'CREDIT_PASSED_ON' },
    });
}

/** With the access goes the enrolment, what is still owed for it, and, when nothing paid is left of it, its certificates. */
async function closeEnrolment(
  call: CallInTransaction,
  student: string,
  enrolment: string,
  terms: Refund,
): Promise<void> {
  const { tx, deps, actor, requestId } = call;
  const by = { actor: actor.id, requestId };
  if (terms.suspends) {
    await tx.query("update course_enrollments set status = 'cancelled' where id = $1", [enrolment]);
    await cancelOpenInvoices(tx, deps, enrolment, by);
    await openSuspension(tx, deps, { student, cause: 'refund', reference: enrolment }, actor.id);
  } else {
    await spreadOverpaid(tx, deps, enrolment, by);
  }
  const { rowCount: stillPaid } = await tx.query(
    `select from invoices where enrollment_id = $1 and status = 'paid' and not is_deleted limit 1`,
    [enrolment],
  );
  if (!stillPaid)
    await revokeCertificatesOfEnrolment(tx, deps, { enrolmentId: enrolment, by: actor.id, reason: terms.reason });
}

async function noteRefund(tx: Tx, student: string, author: string, terms: Refund, total: number, currency: string) {
  const words = `Refunded ${currency} ${total / 100} (${terms.refund_method.replace('_', ' ')}): ${terms.reason}`;
  await tx.query(
    `insert into student_notes (student_id, author_id, kind, body) values ($1, $2, 'note', left($3, 1000))`,
    [student, author, words],
  );
}
