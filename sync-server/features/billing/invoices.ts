import { payableOf, type OwedInvoice } from '#contract/rules/owing.ts';
import type { Invoice } from '#contract/tables/billing.ts';
import type { Tx } from '../../db/sql.ts';
import { AppError } from '../../http/errors.ts';
import { lockProgress } from '../learning/index.ts';

export type InvoiceRow = Omit<Invoice, 'key' | 'type'> & {
  reminder_from: string | null;
  reminder_step: number;
  first_reminder_sent_at: string | null;
  second_reminder_sent_at: string | null;
  cancel_reason: string | null;
};

export const unknownInvoice = (): AppError =>
  new AppError('NOT_FOUND', { message: 'There is no such invoice.', details: { reason: 'INVOICE_NOT_FOUND' } });

/** The student of an invoice, so that the student can be locked before anything of theirs is read. */
export async function findStudentOf(tx: Tx, invoiceId: string): Promise<string> {
  const { rows } = await tx.query<{ student_id: string }>(
    'select student_id from invoices where id = $1 and not is_deleted',
    [invoiceId],
  );
  if (!rows[0]) throw unknownInvoice();
  return rows[0].student_id;
}

/**
 * One change of a student's money at a time. The account first, then the progress: the same order everywhere, so that nobody
 * waits for each other for ever.
 */
export async function lockMoney(tx: Tx, studentId: string): Promise<void> {
  await tx.query('select from users where id = $1 for no key update', [studentId]);
  await lockProgress(tx, studentId);
}

/** An invoice as it stands; call `lockMoney` before. */
export async function readInvoice(tx: Tx, id: string): Promise<InvoiceRow> {
  const { rows } = await tx.query<InvoiceRow>('select * from invoices where id = $1 and not is_deleted', [id]);
  if (!rows[0]) throw unknownInvoice();
  return rows[0];
}

/** The invoices of one enrolment, in order. */
export async function readInvoicesOf(tx: Tx, enrolmentId: string): Promise<InvoiceRow[]> {
  const { rows } = await tx.query<InvoiceRow>(
    'select * from invoices where enrollment_id = $1 and not is_deleted order by installment_number, created_at, id',
    [enrolmentId],
  );
  return rows;
}

/** An invoice as commands answer it. */
export type InvoiceAnswer = {
  id: string;
  installment_number: number;
  amount: number;
  payable: number;
  amount_paid: number;
  currency: string;
  due_date: string;
  status: InvoiceRow['status'];
  invoice_number: string | null;
};

export const answerOf = (invoice: InvoiceRow): InvoiceAnswer => ({
  id: invoice.id,
  installment_number: invoice.installment_number,
  amount: invoice.amount,
  payable: payableOf(invoice satisfies OwedInvoice),
  amount_paid: invoice.amount_paid,
  currency: invoice.currency,
  due_date: invoice.extended_due_date ?? invoice.due_date,
  status: invoice.status,
  invoice_number: invoice.invoice_number,
});
