import { z } from 'zod';
import { day, id, instant, maybeId, maybeInstant, maybeText, money, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** How money came in or went back; what the company offers to students is `billing_settings.payment_methods`. */
export const paymentChannels = ['bank_transfer', 'card', 'cash', 'cheque', 'online', 'other'] as const;
export const invoiceStatuses = ['scheduled', 'pending', 'due', 'paid', 'cancelled', 'refunded'] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/**
 * One installment owed; only the student's own reach a device. Amounts are minor units of `currency`.
 * Owed in all: `amount + penalty_amount - credit_amount`; `amount_paid` follows from the payments.
 */
export const invoices = defineTable({
  name: 'invoices',
  family: 'billing',
  row: z.object({
    ...standard,
    student_id: id,
    enrollment_id: maybeId,
    course_id: maybeId,
    pathway_id: maybeId,
    installment_plan_id: maybeId,
    /** Null until it is issued. */
    invoice_number: maybeText,
    pdf_file_id: maybeId,
    installment_number: z.int().min(1),
    amount: money,
    penalty_amount: money,
    /** What an earlier installment was paid too much. */
    credit_amount: money,
    amount_paid: money,
    currency: text,
    penalty_waived_at: maybeInstant,
    issue_date: maybeInstant,
    due_date: instant,
    /** Counts instead of `due_date` where more time was given. */
    extended_due_date: maybeInstant,
    status: z.enum(invoiceStatuses),
    overdue_at: maybeInstant,
    paid_at: maybeInstant,
    payment_method: maybeText,
    notes: maybeText,
    /** Names of what was bought, as they were at issue: `{ courses: [], pathways: [] }`. */
    enrollment_details: z.record(z.string(), z.unknown()).nullable(),
    refunded_at: maybeInstant,
    refund_amount: money.nullable(),
    refund_reason: maybeText,
    refund_method: maybeText,
  }),
  device: {},
});
export type Invoice = Doc<typeof invoices>;

/** Money received, or given back (`status` refunded, `reverses_id`): lines of a ledger that never change. */
export const installmentPayments = defineTable({
  name: 'installment_payments',
  family: 'billing',
  row: z.object({
    ...standard,
    student_id: id,
    invoice_id: id,
    amount: money.min(1),
    currency: text,
    /** `RCPT-` of a payment, `RFND-` of a refund. */
    receipt_number: text,
    receipt_file_id: maybeId,
    payment_date: instant,
    payment_method: z.enum(paymentChannels),
    transaction_id: maybeText,
    status: z.enum(['pending', 'paid', 'failed', 'refunded']),
    proof_file_ids: z.array(id),
    /** The payment that a refund gives back. */
    reverses_id: maybeId,
  }),
  device: {},
});
export type InstallmentPayment = Doc<typeof installmentPayments>;

/** "I have paid": a student's word with pictures, until the team accepts or rejects it. */
export const paymentProofs = defineTable({
  name: 'payment_proofs',
  family: 'billing',
  row: z.object({
    ...standard,
    student_id: id,
    invoice_id: id,
    amount: money.min(1),
    payment_method: z.enum(paymentChannels),
    paid_on: day,
    reference: maybeText,
    file_ids: z.array(id).max(5),
    status: z.enum(['submitted', 'accepted', 'rejected']),
    decided_at: maybeInstant,
    /** Why it was rejected. */
    reason: maybeText,
    /** The line of the ledger that came of it. */
    payment_id: maybeId,
  }),
  device: {},
});
export type PaymentProof = Doc<typeof paymentProofs>;

/** A way to pay that the company offers, with what a payer needs to know (account, address). */
export const paymentMethod = z.object({
  type: z.enum(['bank_transfer', 'cod', 'stripe', 'custom']),
  name: text.min(1).max(80),
  enabled: z.boolean(),
  details: z.record(z.string().max(60), z.string().max(500)),
});

/** How the company bills; one row. Students get how to pay and what lateness costs, the team more (data model 2.3). */
export const billingSettings = defineTable({
  name: 'billing_settings',
  family: 'billing',
  row: z.object({
    ...standard,
    currency: z.enum(['USD', 'EUR', 'GBP', 'PKR', 'INR', 'CAD', 'AUD']),
    original_fee_amount: money.optional(),
    maximum_installment_count: z.int().min(1).max(12).optional(),
    /** Days between two issue dates. */
    invoice_send_gap_days: z.int().min(1).max(90).optional(),
    /** Days from issue to due. */
    invoice_overdue_days: z.int().min(1).max(365).optional(),
    overdue_penalty_type: z.enum(['none', 'fixed', 'percentage']),
    overdue_penalty_amount: money,
    overdue_penalty_percent: z.number().min(0).max(100),
    em_records_first_payment: z.boolean().optional(),
    em_discount_limit_percent: z.number().min(0).max(100).optional(),
    /** Whether less than the whole of an invoice may be recorded. */
    accepts_part_payments: z.boolean().optional(),
    suspension_notice_note: maybeText,
    invoice_notes: maybeText,
    /** All of them; staff only. */
    payment_methods: z.array(paymentMethod).optional(),
    enabled_payment_methods: z.array(paymentMethod),
    billing_email_cc: maybeText.optional(),
    offer_amounts: z.array(text).optional(),
  }),
  device: {},
});
export type BillingSettings = Doc<typeof billingSettings>;
