import type { Tx } from '../db/sql.ts';

const methods = [
  {
    type: 'bank_transfer',
    name: 'Bank transfer',
    enabled: true,
    details: { Bank: 'Habib Bank', 'Account title': 'Falcon Academy', IBAN: 'PK36 HABB 0000 1234 5678 9012' },
  },
  {
    type: 'cod',
    name: 'Cash at the office',
    enabled: true,
    details: { Address: '4th floor, Business Avenue, Shahrah-e-Faisal', Hours: 'Monday to Saturday, 10 to 18' },
  },
  { type: 'stripe', name: 'Card', enabled: false, details: {} },
];

/** How Falcon Academy bills and from when on it worries; both rows are always there. */
export async function configureDemo(tx: Tx): Promise<void> {
  await tx.query(
    `update billing_settings set original_fee_amount = 4500000, overdue_penalty_type = 'fixed', overdue_penalty_amount = 50000,
       em_discount_limit_percent = 10, payment_methods = $1,
       suspension_notice_note = 'Your lessons open again as soon as the payment is recorded.',
       invoice_notes = 'Please write your student number into the reference of the transfer.'`,
    [JSON.stringify(methods)],
  );
  await tx.query(
    `update at_risk_rules set no_login_days = 5, stuck_recording_days = 7, stuck_assignment_days = 10, missed_sessions_count = 2,
       configured = true`,
  );
}
