import type { Role } from '#contract/roles.ts';
import { permissions, without } from '../view.ts';

const staff: readonly Role[] = ['admin', 'superadmin'];
/** Enrolment managers within their own limits, which the commands ask. */
const enrollers: readonly Role[] = ['enrollment_manager', ...staff];

const invoiceColumns = [
  'student_id',
  'enrollment_id',
  'course_id',
  'pathway_id',
  'installment_plan_id',
  'invoice_number',
  'pdf_file_id',
  'installment_number',
  'amount',
  'penalty_amount',
  'credit_amount',
  'amount_paid',
  'currency',
  'penalty_waived_at',
  'issue_date',
  'due_date',
  'extended_due_date',
  'status',
  'overdue_at',
  'paid_at',
  'payment_method',
  'notes',
  'enrollment_details',
  'refunded_at',
  'refund_amount',
  'refund_reason',
  'refund_method',
] as const;
/** What the team asks for online beside that; of no use to the student. */
const workOnInvoices = [
  'penalty_waived_by',
  'first_reminder_sent_at',
  'second_reminder_sent_at',
  'reminder_from',
  'reminder_step',
  'cancel_reason',
  'refunded_by',
] as const;

/** Other people's money never enters a replica of staff: they and enrolment managers ask online (decisions). */
export const invoices = permissions('invoices', {
  commands: [
    { name: 'create-invoice', verb: 'insert', roles: staff },
    { name: 'mark-invoice-paid', verb: 'update', roles: enrollers },
    { name: 'decide-payment-proof', verb: 'update', roles: enrollers },
    { name: 'process-refund', verb: 'update', roles: staff },
    { name: 'extend-due-date', verb: 'update', roles: staff },
    { name: 'cancel-invoice', verb: 'update', roles: staff },
  ],
  read: [
    { scope: 'u', key: 't.student_id', roles: ['student'], columns: invoiceColumns },
    { scope: 'es', key: 't.student_id', columns: [], online: invoiceColumns },
    { scope: 'staff', columns: [], online: [...invoiceColumns, ...workOnInvoices] },
  ],
});

const paymentColumns = [
  'student_id',
  'invoice_id',
  'amount',
  'currency',
  'receipt_number',
  'receipt_file_id',
  'payment_date',
  'payment_method',
  'transaction_id',
  'status',
  'proof_file_ids',
  'reverses_id',
] as const;

/** Lines are only added; a trigger refuses everything else, also to the server. */
export const installment_payments = permissions('installment_payments', {
  commands: [
    { name: 'mark-invoice-paid', verb: 'insert', roles: enrollers },
    { name: 'decide-payment-proof', verb: 'insert', roles: enrollers },
    { name: 'process-refund', verb: 'insert', roles: staff },
  ],
  read: [
    { scope: 'u', key: 't.student_id', roles: ['student'], columns: paymentColumns },
    { scope: 'es', key: 't.student_id', columns: [], online: paymentColumns },
    { scope: 'staff', columns: [], online: [...paymentColumns, 'recorded_by'] },
  ],
});

const proofColumns = [
  'student_id',
  'invoice_id',
  'amount',
  'payment_method',
  'paid_on',
  'reference',
  'file_ids',
  'status',
  'decided_at',
  'reason',
  'payment_id',
] as const;

export const payment_proofs = permissions('payment_proofs', {
  commands: [
    { name: 'submit-payment-proof', verb: 'insert', roles: ['student'] },
    { name: 'decide-payment-proof', verb: 'update', roles: enrollers },
  ],
  read: [
    { scope: 'u', key: 't.student_id', roles: ['student'], columns: proofColumns },
    { scope: 'staff', columns: [], online: [...proofColumns, 'decided_by'] },
  ],
});

const settingColumns = [
  'currency',
  'original_fee_amount',
  'maximum_installment_count',
  'invoice_send_gap_days',
  'invoice_overdue_days',
  'overdue_penalty_type',
  'overdue_penalty_amount',
  'overdue_penalty_percent',
  'em_records_first_payment',
  'em_discount_limit_percent',
  'accepts_part_payments',
  'suspension_notice_note',
  'invoice_notes',
  'payment_methods',
  'enabled_payment_methods',
  'billing_email_cc',
  'offer_amounts',
] as const;
/** How to pay, and what lateness costs. */
const publicSettings = [
  'currency',
  'enabled_payment_methods',
  'invoice_notes',
  'suspension_notice_note',
  'overdue_penalty_type',
  'overdue_penalty_amount',
  'overdue_penalty_percent',
] as const;

export const billing_settings = permissions('billing_settings', {
  commands: [{ name: 'update-billing-settings', verb: 'update', roles: ['superadmin'] }],
  read: [
    { scope: 'pub', columns: publicSettings },
    { scope: 'managers', columns: without(settingColumns, 'payment_methods', 'billing_email_cc', 'offer_amounts') },
    { scope: 'staff', columns: settingColumns },
  ],
});
