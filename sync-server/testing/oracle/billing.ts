import { looksAfter } from './fragments.ts';
import type { Oracle } from './rule.ts';

const invoice =
  'student_id enrollment_id course_id pathway_id installment_plan_id invoice_number pdf_file_id installment_number amount penalty_amount credit_amount amount_paid currency penalty_waived_at issue_date due_date extended_due_date status overdue_at paid_at payment_method notes enrollment_details refunded_at refund_amount refund_reason refund_method';
const handling =
  'penalty_waived_by first_reminder_sent_at second_reminder_sent_at reminder_from reminder_step cancel_reason refunded_by';
const payment =
  'student_id invoice_id amount currency receipt_number receipt_file_id payment_date payment_method transaction_id status proof_file_ids reverses_id';
const proof =
  'student_id invoice_id amount payment_method paid_on reference file_ids status decided_at reason payment_id';
const howToPay =
  'currency enabled_payment_methods invoice_notes suspension_notice_note overdue_penalty_type overdue_penalty_amount overdue_penalty_percent';
const howToBill = `${howToPay} original_fee_amount maximum_installment_count invoice_send_gap_days invoice_overdue_days em_records_first_payment em_discount_limit_percent accepts_part_payments`;
const plan = 'name total_amount num_installments interval_days is_active';
const request = 'created_by payload status decided_by decided_at note student_id';
const schedule =
  'student_id schedule_suspend_date auto_unsuspend_date reason status created_by executed_at cancelled_at';

const file = 'bucket owner_id path original_name mime bytes sha256 status linked_table linked_id';
/** Files of these rows, told by what they are linked to. */
const filesOf = (whose: string, ...tables: string[]) =>
  tables
    .map((table) => `t.linked_table = '${table}' and t.linked_id in (select w.id from ${table} w where ${whose})`)
    .join(' or ');
const bills = ['invoices', 'installment_payments'];

const forStaff: Oracle['admin'] = {
  invoices: [{ rows: 'true', online: `${invoice} ${handling}` }],
  installment_payments: [{ rows: 'true', online: `${payment} recorded_by` }],
  payment_proofs: [{ rows: 'true', online: `${proof} decided_by` }],
  billing_settings: [{ rows: 'true', columns: `${howToBill} payment_methods billing_email_cc offer_amounts` }],
  installment_plans: [{ rows: 'true', online: plan }],
  enrollment_requests: [{ rows: 'true', online: request }],
  scheduled_suspensions: [{ rows: 'true', online: schedule }],
  files: [{ rows: filesOf('true', ...bills, 'payment_proofs'), online: file }],
};

/** Money: one's own on the device, other people's only as an answer to a question, a mentor none (data model 2.3, 5.7). */
export const billing: Oracle = {
  student: {
    invoices: [{ rows: 't.student_id = $1', columns: invoice }],
    installment_payments: [{ rows: 't.student_id = $1', columns: payment }],
    payment_proofs: [{ rows: 't.student_id = $1', columns: proof }],
    billing_settings: [{ rows: 'true', columns: howToPay }],
    files: [{ rows: filesOf('w.student_id = $1', ...bills, 'payment_proofs'), columns: file }],
  },
  enrollment_manager: {
    invoices: [{ rows: `t.student_id in ${looksAfter}`, online: invoice }],
    installment_payments: [{ rows: `t.student_id in ${looksAfter}`, online: payment }],
    billing_settings: [{ rows: 'true', columns: howToBill }],
    files: [{ rows: filesOf(`w.student_id in ${looksAfter}`, ...bills), online: file }],
    installment_plans: [{ rows: 'true', online: plan }],
    enrollment_requests: [{ rows: 't.created_by = $1', online: request }],
  },
  admin: forStaff,
  superadmin: {
    ...forStaff,
    billing_drift_findings: [
      {
        rows: 'true',
        online:
          'student_id expected_total actual_total difference currency details status detected_at resolved_at resolved_by notes',
      },
    ],
    billing_reconciliation_actions: [
      {
        rows: 'true',
        online:
          'finding_id student_id action_type performed_by performed_at before_state after_state undone_at undone_by',
      },
    ],
  },
};
