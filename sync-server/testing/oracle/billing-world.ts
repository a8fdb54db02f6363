import type { Pool } from '../../db/sql.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import type { Dice, World } from './world.ts';

let receipts = 0;

/** Invoices, payments and proofs of one student of the random academy, and what is planned for them. */
export async function addMoney(
  db: Pool,
  dice: Dice,
  world: World,
  student_id: string,
  enrollment_id: string,
): Promise<void> {
  const invoice = await insertRow(db, 'invoices', {
    student_id,
    enrollment_id,
    installment_number: 1,
    amount: 100_00,
    currency: 'PKR',
    due_date: '2026-12-01T00:00:00Z',
    cancel_reason: 'For staff only',
  });
  const payment = await insertRow(db, 'installment_payments', {
    student_id,
    invoice_id: invoice,
    amount: 50_00,
    currency: 'PKR',
    receipt_number: `RCPT-2026-${String(++receipts).padStart(6, '0')}`,
    payment_method: 'cash',
    recorded_by: dice.pick(world.managers).id,
  });
  const proof = await insertRow(db, 'payment_proofs', {
    student_id,
    invoice_id: invoice,
    amount: 50_00,
    payment_method: 'cash',
    paid_on: '2026-11-20',
    status: 'accepted',
    decided_at: '2026-11-21T00:00:00Z',
    payment_id: payment,
  });
  for (const [linked_table, linked_id, owner_id] of [
    ['payment_proofs', proof, student_id],
    ['installment_payments', payment, dice.pick(world.managers).id],
    ['invoices', invoice, null],
  ])
    await insertRow(db, 'files', {
      bucket: 'student-documents',
      owner_id,
      path: `${student_id}/billing/${linked_id}`,
      original_name: 'paper.pdf',
      mime: 'application/pdf',
      bytes: 1,
      sha256: '0'.repeat(64),
      status: 'ready',
      linked_table,
      linked_id,
    });
  if (dice.chance(0.5))
    await insertRow(db, 'enrollment_requests', {
      created_by: dice.pick(world.managers).id,
      payload: { full_name: 'Somebody' },
    });
  if (dice.chance(0.5))
    await insertRow(db, 'scheduled_suspensions', { student_id, schedule_suspend_date: '2026-12-24T00:00:00Z' });
  if (dice.chance(0.5)) {
    const finding_id = await insertRow(db, 'billing_drift_findings', { student_id });
    await insertRow(db, 'billing_reconciliation_actions', {
      finding_id,
      student_id,
      action_type: 'resync_enrollment_total',
    });
  }
}

const anyInvoice = '(select id from invoices order by md5(id::text || $1) limit 1)';

export const moneyChanges: Record<string, (db: Pool, dice: Dice) => Promise<void>> = {
  'invoice moves': async (db, dice) =>
    void (await db.query(`update invoices set status = $2, penalty_amount = $3 where id = ${anyInvoice}`, [
      String(dice.int(1e6)),
      dice.pick(['pending', 'due', 'paid', 'cancelled']),
      dice.int(500),
    ])),
  'other ways to pay': async (db, dice) =>
    void (await db.query('update billing_settings set payment_methods = $1, billing_email_cc = $2', [
      JSON.stringify([
        { type: 'bank_transfer', name: 'Bank', enabled: dice.chance(0.5), details: { account: '1' } },
        { type: 'cod', name: 'Cash', enabled: dice.chance(0.5), details: {} },
      ]),
      `cc${dice.int(9)}@example.test`,
    ])),
};
