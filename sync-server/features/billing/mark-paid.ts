import {
  markInvoicePaidSchema,
  paidInvoiceSchema,
  type MarkInvoicePaid,
  type PaidInvoice,
} from '#contract/api/billing.ts';
import { isStaff } from '#contract/roles.ts';
import { remainingOf } from '#contract/rules/owing.ts';
import { mayRecordPayment } from '#contract/rules/payments.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand, type CallInTransaction } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { settleAccess } from '../access/index.ts';
import { issueEarned } from '../rewards/index.ts';
import { announcePayment } from './announce-payment.ts';
import { readBillingFacts } from './facts.ts';
import { answerOf, findStudentOf, lockMoney, readInvoice, unknownInvoice, type InvoiceRow } from './invoices.ts';
import { requireProofs } from './proof-files.ts';
import { isOwnStudent } from './reach.ts';
import { notPayable, recordPayment, type Payment } from './record-payment.ts';

/** Records that an invoice was paid (workflows 3.11). An invoice that is paid already answers with the receipt it has. */
export const markInvoicePaid = defineCommand({
  name: 'mark-invoice-paid',
  summary: 'Record the payment of an invoice',
  input: markInvoicePaidSchema,
  output: paidInvoiceSchema,
  roles: ['enrollment_manager', 'admin', 'superadmin'],
  writes: true,
  privileged: true,
  once: markPaid,
});

async function markPaid(call: CallInTransaction, { invoice_id, ...payment }: MarkInvoicePaid): Promise<PaidInvoice> {
  const { tx, actor } = call;
  const invoice = await lockPayable(call, invoice_id, payment.waive_penalty);
  if (invoice.status === 'paid') return answer(call, invoice, await latestReceipt(tx, invoice));
  await requireProofs(tx, payment.proofs, actor.id, invoice.student_id);
  return answer(call, invoice, await pay(call, invoice, payment));
}

/** The invoice, locked, for somebody who may record its payment; a paid one too, for that is asked again. */
export async function lockPayable(
  { tx, actor }: CallInTransaction,
  invoiceId: string,
  waives: boolean,
): Promise<InvoiceRow> {
  const student = await findStudentOf(tx, invoiceId);
  await lockMoney(tx, student);
  const invoice = await readInvoice(tx, invoiceId);
  const isOwn = await isOwnStudent(tx, actor, student);
  if (actor.role === 'enrollment_manager' && !isOwn) throw unknownInvoice();
  const { em_records_first_payment } = await readBillingFacts(tx);
  const right = { installment_number: invoice.installment_number, isOwnStudent: isOwn, em_records_first_payment };
  if (!mayRecordPayment(actor, right) || (waives && !isStaff(actor.role))) throw new AppError('PERMISSION_DENIED');
  if (invoice.status === 'cancelled' || invoice.status === 'refunded') throw notPayable();
  return invoice;
}

/** Records it, tells the student, and lets what it opens open. Answers the line of the ledger. */
export async function pay(
  call: CallInTransaction,
  invoice: InvoiceRow,
  payment: Payment,
): Promise<{ id: string; receipt_number: string }> {
  const { tx, deps, actor, requestId } = call;
  const by = { actor: actor.id, requestId };
  // What is over would pay later installments, which is the staff's to record.
  if (!isStaff(actor.role) && (payment.amount ?? 0) > remainingOf(invoice)) throw new AppError('PERMISSION_DENIED');
  const recorded = await recordPayment(tx, deps, invoice.id, payment, by);
  await announcePayment(tx, deps, invoice.id, recorded, payment);
  await settleAccess(tx, deps, invoice.student_id, by);
  // Somebody who had finished may have waited for nothing but this.
  await issueEarned(tx, deps, invoice.student_id);
  return recorded;
}

/** The payment that made the invoice paid; one that was covered by a credit names the payment the credit came from. */
async function latestReceipt(tx: Tx, invoice: InvoiceRow): Promise<{ id: string; receipt_number: string }> {
  const { rows } = await tx.query<{ id: string; receipt_number: string }>(
    `select p.id, p.receipt_number from installment_payments p join invoices i on i.id = p.invoice_id
     where p.status = 'paid' and (i.id = $1 or i.enrollment_id = $2)
     order by i.id = $1 desc, p.created_at desc, p.id desc limit 1`,
    [invoice.id, invoice.enrollment_id],
  );
  if (!rows[0]) throw notPayable();
  return rows[0];
}

async function answer(
  { tx, now }: CallInTransaction,
  { id, student_id }: InvoiceRow,
  receipt: { id: string; receipt_number: string },
): Promise<PaidInvoice> {
  const invoice = await readInvoice(tx, id);
  const { rows: state } = await tx.query<{ lms_status: string; payment_status: string | null }>(
    `select u.lms_status, (select e.payment_status from course_enrollments e where e.id = $2) as payment_status
     from users u where u.id = $1`,
    [student_id, invoice.enrollment_id],
  );
  const { rows: opened } = await tx.query<{ id: string; title: string }>(
    `select l.id, l.recording_title as title from user_unlocks k join available_lessons l on l.id = k.lesson_id
     where k.user_id = $1 and k.is_unlocked and k.unlocked_at >= $2 order by l.sequence_order, l.id`,
    [student_id, now],
  );
  return {
    receipt_number: receipt.receipt_number,
    payment_id: receipt.id,
    invoice: answerOf(invoice),
    payment_status: state[0]!.payment_status,
    lms_status: state[0]!.lms_status,
    opened_lessons: opened,
  };
}
