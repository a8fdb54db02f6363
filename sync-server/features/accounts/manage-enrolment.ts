import {
  managedEnrolmentSchema,
  manageEnrolmentSchema,
  type IssuedInvoice,
  type ManageEnrolment,
} from '#contract/api/accounts.ts';
import { AppError } from '../../http/errors.ts';
import { liftSuspensions, settleAccess } from '../access/index.ts';
import { answerOf, cancelOpenInvoices, reopenInvoices, settleFees } from '../billing/index.ts';
import { enrol } from './enrol.ts';
import { findBatch, findTarget, holds } from './enrolment-target.ts';
import { lockStudent, looksAfter, requireRevision, requireRight } from './person.ts';
import { auditStaff, defineStaffCommand, type StaffCall } from './staff-command.ts';

type Row = {
  id: string;
  student_id: string;
  course_id: string | null;
  pathway_id: string | null;
  batch_id: string | null;
  status: string;
  access_expires_at: string | null;
  drip_enabled: boolean | null;
  sequential_enabled: boolean | null;
  v: string;
};
type Change<A extends ManageEnrolment['action']> = Extract<ManageEnrolment, { action: A }>;

/** Everything staff do to one enrolment (workflows 3.8). Enrolment managers grant and move, for students they look after. */
export const manageEnrolment = defineStaffCommand({
  name: 'manage-enrollment',
  summary: 'Grant, end, reactivate, move or adjust an enrolment',
  input: manageEnrolmentSchema,
  output: managedEnrolmentSchema,
  roles: ['enrollment_manager', 'admin', 'superadmin'],
  once: async (call, input) => {
    const { tx, deps, actor } = call;
    requireRight(actor.role !== 'enrollment_manager' || input.action === 'grant' || input.action === 'move_batch');
    const done = input.action === 'grant' ? await grant(call, input) : await change(call, input);
    await settleAccess(tx, deps, done.student, by(call));
    const { student_id, status, v } = await readRow(call, done.id);
    return { enrollment_id: done.id, student_id, status, v, invoices: done.invoices };
  },
});

const by = ({ actor, requestId }: StaffCall) => ({ actor: actor.id, requestId });

type Done = { id: string; student: string; invoices: IssuedInvoice[] };

async function requireReach(call: StaffCall, studentId: string): Promise<void> {
  const student = await lockStudent(call.tx, studentId);
  if (call.actor.role === 'enrollment_manager' && !(await looksAfter(call.tx, call.actor.id, student)))
    throw new AppError('NOT_FOUND');
}

/** A new enrolment; for somebody who was refunded it is the way back, so that cause ends. */
async function grant(call: StaffCall, input: Change<'grant'>): Promise<Done> {
  const { tx, deps, actor } = call;
  await requireReach(call, input.student_id);
  const enrolled = await enrol(call, input.student_id, await findTarget(tx, input), input);
  await liftSuspensions(tx, deps, input.student_id, { cause: 'refund' }, actor.id);
  return { id: enrolled.enrollment_id, student: input.student_id, invoices: enrolled.invoices };
}

async function change(call: StaffCall, input: Exclude<ManageEnrolment, { action: 'grant' }>): Promise<Done> {
  const row = await readRow(call, input.enrollment_id);
  await requireReach(call, row.student_id);
  const locked = await readRow(call, input.enrollment_id, true);
  requireRevision(locked, input.expected_revision);
  const invoices = await carryOut(call, locked, input);
  return { id: locked.id, student: locked.student_id, invoices };
}

async function carryOut(
  call: StaffCall,
  row: Row,
  input: Exclude<ManageEnrolment, { action: 'grant' }>,
): Promise<IssuedInvoice[]> {
  switch (input.action) {
    case 'terminate':
      return terminate(call, row, input);
    case 'reactivate':
      return reactivate(call, row, input);
    case 'move_batch':
      return moveBatch(call, row, input);
    case 'set_overrides':
      return setOverrides(call, row, input);
    case 'renew':
      return renew(call, row, input);
  }
}

async function readRow({ tx }: StaffCall, id: string, lock = false): Promise<Row> {
  const { rows } = await tx.query<Row>(
    `select id, student_id, course_id, pathway_id, batch_id, status, access_expires_at, drip_enabled, sequential_enabled, v
     from course_enrollments where id = $1 and not is_deleted${lock ? ' for no key update' : ''}`,
    [id],
  );
  if (!rows[0]) throw new AppError('NOT_FOUND');
  return rows[0];
}

const audit = (call: StaffCall, row: Row, action: string, data: Record<string, unknown>): Promise<void> =>
  auditStaff(call, { entity: 'enrollment', id: row.id, action, about: row.student_id, data });

async function terminate(call: StaffCall, row: Row, { reason }: Change<'terminate'>): Promise<IssuedInvoice[]> {
  if (row.status === 'cancelled') throw new AppError('CONFLICT', { message: 'The enrolment has ended already.' });
  await call.tx.query("update course_enrollments set status = 'cancelled' where id = $1", [row.id]);
  await cancelOpenInvoices(call.tx, call.deps, row.id, by(call));
  await settleFees(call.tx, row.student_id);
  const action = row.pathway_id ? 'pathway_unenrolled' : 'course_unenrolled';
  await audit(call, row, action, { before: { status: row.status }, after: { status: 'cancelled' }, reason });
  return [];
}

async function reactivate(call: StaffCall, row: Row, { reason }: Change<'reactivate'>): Promise<IssuedInvoice[]> {
  if (row.status !== 'cancelled' && row.status !== 'paused')
    throw new AppError('CONFLICT', { message: 'The enrolment is going on.' });
  // One that was completed before it was ended is completed again.
  await call.tx.query(
    `update course_enrollments set status = case when completed_at is null then 'active' else 'completed' end where id = $1`,
    [row.id],
  );
  const invoices = await reopenInvoices(call.tx, call.deps, row.id, by(call));
  await settleFees(call.tx, row.student_id);
  const action = row.pathway_id ? 'pathway_enrolled' : 'course_enrolled';
  await audit(call, row, action, { before: { status: row.status }, after: { status: 'active' }, reason });
  return invoices.map(answerOf);
}

async function moveBatch(call: StaffCall, row: Row, { batch_id }: Change<'move_batch'>): Promise<IssuedInvoice[]> {
  if (batch_id !== null) {
    const batch = await findBatch(call.tx, batch_id);
    if (!(await holds(call.tx, batch, row)))
      throw new AppError('INVALID_INPUT', {
        details: [{ path: 'batch_id', message: 'The batch is for something else.' }],
      });
  }
  await call.tx.query('update course_enrollments set batch_id = $2 where id = $1', [row.id, batch_id]);
  await audit(call, row, 'batch_moved', { before: { batch_id: row.batch_id }, after: { batch_id } });
  return [];
}

async function setOverrides(
  call: StaffCall,
  row: Row,
  { overrides }: Change<'set_overrides'>,
): Promise<IssuedInvoice[]> {
  const { drip_enabled = row.drip_enabled, sequential_enabled = row.sequential_enabled } = overrides;
  await call.tx.query(
    `update course_enrollments set drip_override = $2::boolean is not null, drip_enabled = $2,
       sequential_override = $3::boolean is not null, sequential_enabled = $3 where id = $1`,
    [row.id, drip_enabled, sequential_enabled],
  );
  const before = { drip_enabled: row.drip_enabled, sequential_enabled: row.sequential_enabled };
  await audit(call, row, 'drip_override_updated', { before, after: { drip_enabled, sequential_enabled } });
  return [];
}

async function renew(
  call: StaffCall,
  row: Row,
  { access_expires_at, reason }: Change<'renew'>,
): Promise<IssuedInvoice[]> {
  const { tx, deps, actor, now } = call;
  const until = Date.parse(access_expires_at);
  if (until <= now.getTime() || (row.access_expires_at !== null && until <= Date.parse(row.access_expires_at)))
    throw new AppError('INVALID_INPUT', { details: [{ path: 'access_expires_at', message: 'It must lie later.' }] });
  await tx.query('update course_enrollments set access_expires_at = $2 where id = $1', [row.id, access_expires_at]);
  await liftSuspensions(tx, deps, row.student_id, { cause: 'expired' }, actor.id);
  const before = { access_expires_at: row.access_expires_at };
  await audit(call, row, 'access_renewed', { before, after: { access_expires_at }, reason });
  return [];
}
