import { z } from 'zod';
import { instant } from '../columns.ts';
import { invoiceStatuses, paymentChannels, paymentMethod } from '../tables/billing.ts';

/** Commands about money (workflows 3.11 to 3.15). All need an `Idempotency-Key`. Amounts are integer minor units. */

const reason = z.string().trim().min(3).max(500);
const proofs = z.array(z.uuid()).max(5);
const day = z.iso.date();
const amount = z.int().min(1);

/** An invoice after a command touched it. */
export const invoiceAnswerSchema = z.object({
  id: z.uuid(),
  installment_number: z.int(),
  amount: z.int(),
  /** Amount and penalty, less credit. */
  payable: z.int(),
  amount_paid: z.int(),
  currency: z.string(),
  due_date: instant,
  status: z.enum(invoiceStatuses),
  invoice_number: z.string().nullable(),
});

export const markInvoicePaidSchema = z.strictObject({
  invoice_id: z.uuid(),
  /** Company day on which the money came; not after today. */
  payment_date: day,
  payment_method: z.enum(paymentChannels),
  transaction_id: z.string().trim().min(1).max(200).optional(),
  notes: z.string().trim().max(500).optional(),
  /** Staff only: the penalty is let off before the payment is counted. */
  waive_penalty: z.boolean().default(false),
  /** Left out: what is still missing. Less needs the company's leave; more becomes a credit on the next invoices. */
  amount: amount.optional(),
  /** Files that were uploaded to student-documents before. */
  proofs: proofs.default([]),
});
export type MarkInvoicePaid = z.output<typeof markInvoicePaidSchema>;

export const paidInvoiceSchema = z.object({
  receipt_number: z.string(),
  payment_id: z.uuid(),
  invoice: invoiceAnswerSchema,
  payment_status: z.string().nullable(),
  lms_status: z.string(),
  opened_lessons: z.array(z.object({ id: z.uuid(), title: z.string() })),
});
export type PaidInvoice = z.infer<typeof paidInvoiceSchema>;

export const submitPaymentProofSchema = z.strictObject({
  invoice_id: z.uuid(),
  /** Id of the new proof, where the files already lie in its folder. */
  proof_id: z.uuid().optional(),
  payment_method: z.enum(paymentChannels),
  paid_on: day,
  /** Left out: what is still missing. */
  amount: amount.optional(),
  reference: z.string().trim().min(1).max(200).optional(),
  proofs: proofs.min(1),
});
export const submittedProofSchema = z.object({ proof_id: z.uuid(), status: z.literal('submitted') });

export const decidePaymentProofSchema = z.discriminatedUnion('decision', [
  z.strictObject({
    decision: z.literal('accepted'),
    proof_id: z.uuid(),
    waive_penalty: z.boolean().default(false),
    notes: z.string().trim().max(500).optional(),
  }),
  z.strictObject({ decision: z.literal('rejected'), proof_id: z.uuid(), reason }),
]);
export const decidedProofSchema = z.object({
  proof_id: z.uuid(),
  status: z.enum(['accepted', 'rejected']),
  receipt_number: z.string().nullable(),
});

export const processRefundSchema = z.strictObject({
  /** All paid, all of one student. */
  invoice_ids: z.array(z.uuid()).min(1).max(24),
  reason,
  refund_method: z.enum(paymentChannels),
  /** Left out: today. */
  refund_date: day.optional(),
  /** For a part of one invoice; left out: all that was paid. */
  amount: amount.optional(),
  /** Ends the enrolment and closes the account; left out: yes for whole invoices, no for a part. */
  suspend_lms: z.boolean().optional(),
  proofs: proofs.default([]),
});
export type ProcessRefund = z.output<typeof processRefundSchema>;
export const refundedSchema = z.object({
  count: z.int(),
  total: z.int(),
  currency: z.string(),
  refund_numbers: z.array(z.string()),
  suspended: z.boolean(),
});

export const extendDueDateSchema = z
  .strictObject({
    /** The invoice, or the student whose earliest unpaid one is meant. */
    invoice_id: z.uuid().optional(),
    student_id: z.uuid().optional(),
    new_due_date: day,
    reason,
  })
  .refine(({ invoice_id, student_id }) => (invoice_id === undefined) !== (student_id === undefined), {
    path: ['invoice_id'],
    message: 'Name the invoice or the student.',
  });
export const extendedSchema = z.object({ invoice: invoiceAnswerSchema, restored: z.boolean() });

export const resendInvoiceSchema = z.strictObject({ student_ids: z.array(z.uuid()).min(1).max(200) });
export const resentSchema = z.object({
  sent: z.array(z.uuid()),
  /** Out of reach, or sent within the last hour. */
  failed: z.array(z.uuid()),
  none_unpaid: z.array(z.uuid()),
});

export const createInvoiceSchema = z.strictObject({ enrollment_id: z.uuid(), amount, due_date: day, reason });
export const cancelInvoiceSchema = z.strictObject({ invoice_id: z.uuid(), reason });
export const oneInvoiceSchema = z.object({ invoice: invoiceAnswerSchema });

export const updateBillingSettingsSchema = z.strictObject({
  /** Version token the caller saw. */
  expected_revision: z.uuid().optional(),
  currency: z.enum(['USD', 'EUR', 'GBP', 'PKR', 'INR', 'CAD', 'AUD']).optional(),
  original_fee_amount: z.int().min(0).optional(),
  maximum_installment_count: z.int().min(1).max(12).optional(),
  invoice_send_gap_days: z.int().min(1).max(90).optional(),
  invoice_overdue_days: z.int().min(1).max(365).optional(),
  overdue_penalty_type: z.enum(['none', 'fixed', 'percentage']).optional(),
  overdue_penalty_amount: z.int().min(0).optional(),
  overdue_penalty_percent: z.number().min(0).max(100).optional(),
  em_records_first_payment: z.boolean().optional(),
  em_discount_limit_percent: z.number().min(0).max(100).optional(),
  accepts_part_payments: z.boolean().optional(),
  suspension_notice_note: z.string().max(2000).nullable().optional(),
  invoice_notes: z.string().max(2000).nullable().optional(),
  payment_methods: z.array(paymentMethod).max(20).optional(),
  billing_email_cc: z.string().max(500).nullable().optional(),
  offer_amounts: z.array(z.string().max(100)).max(20).optional(),
});
export const billingSettingsAnswerSchema = z.object({ v: z.uuid(), changed: z.array(z.string()) });
