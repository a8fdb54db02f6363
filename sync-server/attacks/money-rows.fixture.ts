import type { NewRow } from '../seed/insert-rows.ts';

type Insert = (table: string, row: NewRow) => Promise<string>;

let serial = 0;

/** Money and care of one student: an invoice, what was paid and claimed, what the team wrote and planned. */
export async function fillMoney(insert: Insert, student_id: string, author_id: string): Promise<void> {
  const invoice_id = await insert('invoices', {
    student_id,
    installment_number: 7,
    amount: 1,
    currency: 'PKR',
    due_date: '2026-01-01',
    notes: 'x',
    cancel_reason: 'x',
    refund_reason: 'x',
    refund_amount: 1,
  });
  const payment_id = await insert('installment_payments', {
    student_id,
    invoice_id,
    amount: 1,
    currency: 'PKR',
    receipt_number: `x${++serial}`,
    payment_method: 'cash',
    transaction_id: `x${serial}`,
    idempotency_key: `x${serial}`,
    recorded_by: author_id,
  });
  await insert('payment_proofs', {
    student_id,
    invoice_id,
    amount: 1,
    payment_method: 'cash',
    paid_on: '2026-01-01',
    reference: 'x',
    status: 'rejected',
    decided_at: '2026-01-01T00:00:00Z',
    reason: 'x',
  });
  await insert('installment_payments', {
    student_id,
    invoice_id,
    amount: 1,
    currency: 'PKR',
    receipt_number: `x${++serial}`,
    payment_method: 'cash',
    status: 'refunded',
    reverses_id: payment_id,
  });
  await insert('scheduled_suspensions', { student_id, schedule_suspend_date: '2099-01-01', reason: 'x' });
  const finding_id = await insert('billing_drift_findings', { student_id, notes: 'x' });
  await insert('billing_reconciliation_actions', { finding_id, student_id, action_type: 'resync_enrollment_total' });
  await fillCare(insert, student_id, author_id);
}

async function fillCare(insert: Insert, student_id: string, author_id: string): Promise<void> {
  await insert('student_notes', { student_id, author_id, body: 'x' });
  await insert('at_risk_flags', { student_id, reasons: [{ code: 'no_login', since: '2026-01-01T00:00:00.000Z' }] });
  await insert('student_recovery_messages', {
    student_id,
    days_inactive: 3,
    message_content: 'x',
    error_message: 'x',
  });
}

/** What belongs to nobody in particular: a day's check, and what an enrolment manager asked for. */
export async function fillOffice(insert: Insert, managers: readonly string[]): Promise<void> {
  await insert('student_recovery_checks', { check_date: '2026-01-01' });
  for (const created_by of managers)
    await insert('enrollment_requests', { created_by, payload: { full_name: 'x' }, note: 'x' });
}
