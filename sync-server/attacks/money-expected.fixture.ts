/** Columns of a row that somebody may read, by table; none: an empty text. */
type Allowed = Record<string, (row: Record<string, unknown>) => string>;

const note = 'author_name body';
const recovery = 'message_content error_message';
const settings =
  'original_fee_amount overdue_penalty_amount suspension_notice_note invoice_notes payment_methods billing_email_cc offer_amounts';

/** What the specification lets each reader have of money and care, for the canary scan. */
export function expectedMoney(
  student: string,
  isOfMentor: (id: unknown) => boolean,
  isOfManager: (id: unknown) => boolean,
): Record<'ayesha' | 'bilal' | 'omar' | 'dua' | 'sana', Allowed> {
  const own = (columns: string) => (row: Record<string, unknown>) => (row['student_id'] === student ? columns : '');
  const staff: Allowed = {
    billing_settings: () => settings,
    student_notes: () => note,
    at_risk_flags: () => 'reasons',
    student_recovery_messages: () => recovery,
  };
  return {
    ayesha: {
      invoices: own(
        'invoice_number amount penalty_amount credit_amount amount_paid payment_method notes enrollment_details refund_amount refund_reason refund_method',
      ),
      installment_payments: own('amount receipt_number transaction_id'),
      payment_proofs: own('amount reference reason'),
      billing_settings: () => 'overdue_penalty_amount suspension_notice_note invoice_notes',
    },
    bilal: {
      student_notes: ({ student_id }) => (isOfMentor(student_id) ? note : ''),
      at_risk_flags: ({ student_id }) => (isOfMentor(student_id) ? 'reasons' : ''),
      student_recovery_messages: ({ student_id }) => (isOfMentor(student_id) ? recovery : ''),
    },
    omar: {
      student_notes: ({ student_id }) => (isOfManager(student_id) ? note : ''),
      billing_settings: () => 'original_fee_amount overdue_penalty_amount suspension_notice_note invoice_notes',
    },
    dua: staff,
    sana: staff,
  };
}
