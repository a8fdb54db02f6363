import {
  reconcileFindingSchema,
  reconciliationSchema,
  settledFindingSchema,
  settleFindingSchema,
  undoneReconciliationSchema,
  undoReconciliationSchema,
} from '#contract/api/reconciliation.ts';
import type { Drift } from '#contract/rules/drift.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand, type CallInTransaction } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { settleAccess } from '../access/index.ts';
import { writeAudit } from '../people/index.ts';
import { readDrift } from './detect-drift.ts';
import { lockMoney } from './invoices.ts';
import { settleFees } from './settle-fees.ts';

const undoDays = 7;
const roles = ['superadmin'] as const;
/** Sets one finding right (workflows 3.15); what is removed is cancelled, never deleted. The same action again changes nothing. */
export const reconcileFinding = defineCommand({
  name: 'reconcile-billing-finding',
  summary: 'Set right what invoices and enrolments say of a student',
  input: reconcileFindingSchema,
  output: reconciliationSchema,
  roles,
  writes: true,
  privileged: true,
  once: async (call, { finding_id, action }) => {
    const { tx } = call;
    const finding = await lockFinding(tx, finding_id);
    const earlier = await tx.query<{ id: string }>(
      'select id from billing_reconciliation_actions where finding_id = $1 and action_type = $2 and undone_at is null',
      [finding_id, action],
    );
    if (earlier.rows[0]) return { action_id: earlier.rows[0].id, finding_status: finding.status };
    if (finding.status !== 'open') throw new AppError('CONFLICT', { message: 'This finding is settled.' });
    const drift = await readDrift(tx, finding.student_id);
    const before = await readState(tx, finding.student_id);
    if (drift) await act(tx, action, drift);
    await settle(call, finding.student_id);
    const after = await readState(tx, finding.student_id);
    const { rows } = await tx.query<{ id: string }>(
      `insert into billing_reconciliation_actions (finding_id, student_id, action_type, performed_by, performed_at, before_state, after_state)
         values ($1, $2, $3, $4, $5, $6, $7) returning id`,
      [finding_id, finding.student_id, action, call.actor.id, call.now, JSON.stringify(before), JSON.stringify(after)],
    );
    const action_id = rows[0]!.id;
    await audit(call, action_id, 'billing_reconciled', finding.student_id, { finding_id, action });
    const isRight = (await readDrift(tx, finding.student_id)) === null;
    if (isRight) await setStatus(call, finding_id, 'resolved', null);
    return { action_id, finding_status: isRight ? 'resolved' : 'open' };
  },
});

/** Takes an action back, once and within a week: rows get the state they had. */
export const undoReconciliation = defineCommand({
  name: 'undo-billing-reconciliation',
  summary: 'Take a reconciliation back',
  input: undoReconciliationSchema,
  output: undoneReconciliationSchema,
  roles,
  writes: true,
  privileged: true,
  once: async (call, { action_id }) => {
    const { tx } = call;
    const { rows } = await tx.query<{
      student_id: string;
      finding_id: string | null;
      before_state: State;
      fresh: boolean;
      undone_at: string | null;
    }>(
      `select student_id, finding_id, before_state, undone_at, performed_at > $2::timestamptz - make_interval(days => $3) as fresh
         from billing_reconciliation_actions where id = $1 for no key update`,
      [action_id, call.now, undoDays],
    );
    const action = rows[0];
    if (!action) throw new AppError('NOT_FOUND');
    if (action.undone_at || !action.fresh)
      throw new AppError('CONFLICT', { message: 'This can no longer be taken back.' });
    await lockMoney(tx, action.student_id);
    await restore(tx, action.before_state);
    await tx.query('update billing_reconciliation_actions set undone_at = $2, undone_by = $3 where id = $1', [
      action_id,
      call.now,
      call.actor.id,
    ]);
    if (action.finding_id)
      await tx.query(
        `update billing_drift_findings set status = 'open', resolved_at = null, resolved_by = null
           where id = $1 and not exists (select from billing_drift_findings o where o.student_id = $2 and o.status = 'open')`,
        [action.finding_id, action.student_id],
      );
    await settleAccess(tx, call.deps, action.student_id, { actor: call.actor.id, requestId: call.requestId });
    await audit(call, action_id, 'billing_reconciliation_undone', action.student_id, {});
    return { action_id, undone_at: call.now.toISOString() };
  },
});

/** A word on a finding that needs no action. */
export const settleFinding = defineCommand({
  name: 'settle-billing-finding',
  summary: 'Resolve or ignore a finding of the billing check',
  input: settleFindingSchema,
  output: settledFindingSchema,
  roles,
  writes: true,
  privileged: true,
  once: async (call, { finding_id, status, notes }) => {
    const { tx } = call;
    const finding = await lockFinding(tx, finding_id);
    if (finding.status !== 'open') throw new AppError('CONFLICT', { message: 'This finding is settled.' });
    await setStatus(call, finding_id, status, notes);
    await audit(call, finding_id, `billing_finding_${status}`, finding.student_id, { notes });
    return { finding_id, status };
  },
});

async function lockFinding(tx: Tx, id: string): Promise<{ student_id: string; status: string }> {
  const read = () =>
    tx.query<{ student_id: string; status: string }>(
      'select student_id, status from billing_drift_findings where id = $1',
      [id],
    );
  const found = (await read()).rows[0];
  if (!found) throw new AppError('NOT_FOUND');
  await lockMoney(tx, found.student_id);
  return (await read()).rows[0]!;
}

async function act(tx: Tx, action: (typeof reconcileFindingSchema)['_output']['action'], drift: Drift): Promise<void> {
  switch (action) {
    case 'delete_orphan_invoices':
      await cancel(tx, 'id', drift.orphans);
      return;
    case 'mark_duplicate_enrollment':
      return endEnrolments(tx, drift.duplicates);
    case 'remove_phantom_enrollment':
      return endEnrolments(tx, drift.phantoms);
    // The sums are worked out anew after every action.
    case 'resync_enrollment_total':
      return;
  }
}

async function endEnrolments(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query("update course_enrollments set status = 'cancelled' where id = any ($1)", [ids]);
  await cancel(tx, 'enrollment_id', ids);
}

/** `column` is one of the two above. */
const cancel = (tx: Tx, column: 'id' | 'enrollment_id', ids: readonly string[]) =>
  tx.query(
    `update invoices set status = 'cancelled', cancel_reason = 'reconciled', credit_amount = 0
     where ${column} = any ($1) and status in ('scheduled', 'pending', 'due') and amount_paid = 0`,
    [ids],
  );

async function settle({ tx, deps, actor, requestId }: CallInTransaction, student: string): Promise<void> {
  await settleFees(tx, student);
  await settleAccess(tx, deps, student, { actor: actor.id, requestId });
}

/** What an action may touch, as it was. */
type State = {
  enrolments: { id: string; status: string; payment_status: string; total_amount: number; amount_paid: number }[];
  invoices: { id: string; status: string; cancel_reason: string | null; credit_amount: number }[];
};

async function readState(tx: Tx, student: string): Promise<State> {
  const enrolments = await tx.query<State['enrolments'][number]>(
    'select id, status, payment_status, total_amount, amount_paid from course_enrollments where student_id = $1 order by id',
    [student],
  );
  const invoices = await tx.query<State['invoices'][number]>(
    'select id, status, cancel_reason, credit_amount from invoices where student_id = $1 order by id',
    [student],
  );
  return { enrolments: enrolments.rows, invoices: invoices.rows };
}

/** Only rows that the action had cancelled come back: what was paid meanwhile stays paid. */
async function restore(tx: Tx, { enrolments, invoices }: State): Promise<void> {
  await tx.query(
    `update course_enrollments e set status = s.status, payment_status = s.payment_status, total_amount = s.total_amount, amount_paid = s.amount_paid
     from jsonb_to_recordset($1) as s(id uuid, status text, payment_status text, total_amount bigint, amount_paid bigint) where e.id = s.id`,
    [JSON.stringify(enrolments)],
  );
  await tx.query(
    `update invoices i set status = s.status, cancel_reason = s.cancel_reason, credit_amount = s.credit_amount
     from jsonb_to_recordset($1) as s(id uuid, status text, cancel_reason text, credit_amount bigint)
     where i.id = s.id and i.status = 'cancelled' and i.cancel_reason = 'reconciled'`,
    [JSON.stringify(invoices)],
  );
}

const setStatus = ({ tx, actor, now }: CallInTransaction, finding: string, status: string, notes: string | null) =>
  tx.query(
    'update billing_drift_findings set status = $2, notes = coalesce($3, notes), resolved_at = $4, resolved_by = $5 where id = $1',
    [finding, status, notes, now, actor.id],
  );

const audit = (
  { tx, deps, actor, requestId }: CallInTransaction,
  id: string,
  action: string,
  about: string,
  data: Record<string, unknown>,
): Promise<void> =>
  writeAudit(tx, deps, {
    actor: actor.id,
    entity: 'billing_finding',
    id,
    action,
    about,
    summary: '',
    data,
    request: requestId,
  });
