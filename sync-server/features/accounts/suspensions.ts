import {
  accessStateSchema,
  cancelScheduledSuspensionSchema,
  liftSuspensionSchema,
  scheduledSuspensionSchema,
  scheduleSuspensionSchema,
  setStudentOutcomeSchema,
  suspendStudentSchema,
} from '#contract/api/accounts.ts';
import { AppError } from '../../http/errors.ts';
import { liftSuspensions, openSuspension, readAccess, settleAccess } from '../access/index.ts';
import { lockStudent } from './person.ts';
import { auditStaff, defineStaffCommand, type StaffCall } from './staff-command.ts';

const roles = ['admin', 'superadmin'] as const;
const by = ({ actor, requestId }: StaffCall) => ({ actor: actor.id, requestId });

/** Opens a cause by hand at once (workflows 3.10); signs out and wipes. The same cause twice is CONFLICT. */
export const suspendStudent = defineStaffCommand({
  name: 'suspend-student',
  summary: 'Suspend a student at once',
  input: suspendStudentSchema,
  output: accessStateSchema,
  roles,
  once: async (call, { user_id, cause, reason, ends_at }) => {
    const { tx, deps, actor, now } = call;
    await lockStudent(tx, user_id);
    if (ends_at !== undefined && Date.parse(ends_at) <= now.getTime()) throw lateEnd();
    const opened = await openSuspension(
      tx,
      deps,
      { student: user_id, cause, reason, endsAt: ends_at ?? null },
      actor.id,
    );
    if (!opened) throw new AppError('CONFLICT', { message: 'The student is suspended for this cause already.' });
    const data = { suspension_id: opened, cause, reason, ends_at };
    await auditStaff(call, { entity: 'student', id: user_id, action: 'lms_suspended', about: user_id, data });
    await settleAccess(tx, deps, user_id, by(call));
    return readAccess(tx, user_id);
  },
});

/** Lifts one cause only; what else is open still counts, and the answer says what that is. */
export const liftSuspension = defineStaffCommand({
  name: 'lift-suspension',
  summary: 'Lift one suspension of a student',
  input: liftSuspensionSchema,
  output: accessStateSchema,
  roles,
  once: async (call, { user_id, suspension_id, reason }) => {
    const { tx, deps, actor } = call;
    await lockStudent(tx, user_id);
    const lifted = await liftSuspensions(tx, deps, user_id, { suspension: suspension_id }, actor.id);
    if (lifted === 0) throw new AppError('NOT_FOUND');
    const data = { suspension_id, reason };
    await auditStaff(call, { entity: 'student', id: user_id, action: 'lms_activated', about: user_id, data });
    await settleAccess(tx, deps, user_id, by(call));
    return readAccess(tx, user_id);
  },
});

/** Plans a suspension; one that was planned before is cancelled. */
export const scheduleSuspension = defineStaffCommand({
  name: 'schedule-suspension',
  summary: 'Plan a suspension of a student',
  input: scheduleSuspensionSchema,
  output: scheduledSuspensionSchema,
  roles,
  once: async (call, { user_id, starts_at, ends_at, reason }) => {
    const { tx, actor, now } = call;
    await lockStudent(tx, user_id);
    if (Date.parse(starts_at) <= now.getTime())
      throw new AppError('INVALID_INPUT', { details: [{ path: 'starts_at', message: 'It lies in the past.' }] });
    if (ends_at !== undefined && Date.parse(ends_at) <= Date.parse(starts_at)) throw lateEnd();
    await cancelActive(call, user_id);
    const { rows } = await tx.query<{ id: string; starts_at: string; ends_at: string | null }>(
      `insert into scheduled_suspensions (student_id, schedule_suspend_date, auto_unsuspend_date, reason, created_by)
       values ($1, $2, $3, $4, $5) returning id, schedule_suspend_date as starts_at, auto_unsuspend_date as ends_at`,
      [user_id, starts_at, ends_at ?? null, reason, actor.id],
    );
    const planned = { ...rows[0]!, user_id };
    await auditStaff(call, {
      entity: 'scheduled_suspension',
      id: planned.id,
      action: 'scheduled_suspension_created',
      about: user_id,
      data: { starts_at, ends_at, reason },
    });
    return planned;
  },
});

export const cancelScheduledSuspension = defineStaffCommand({
  name: 'cancel-scheduled-suspension',
  summary: 'Cancel a planned suspension',
  input: cancelScheduledSuspensionSchema,
  output: scheduledSuspensionSchema,
  roles,
  once: async (call, { user_id, scheduled_suspension_id }) => {
    await lockStudent(call.tx, user_id);
    const [cancelled] = await cancelActive(call, user_id, scheduled_suspension_id);
    if (!cancelled) throw new AppError('NOT_FOUND');
    return cancelled;
  },
});

async function cancelActive(call: StaffCall, student: string, only: string | null = null) {
  const { rows } = await call.tx.query<{ id: string; user_id: string; starts_at: string; ends_at: string | null }>(
    `update scheduled_suspensions set status = 'cancelled', cancelled_at = $3
     where student_id = $1 and status = 'active' and not is_deleted and ($2::uuid is null or id = $2)
     returning id, student_id as user_id, schedule_suspend_date as starts_at, auto_unsuspend_date as ends_at`,
    [student, only, call.now],
  );
  for (const { id } of rows)
    await auditStaff(call, {
      entity: 'scheduled_suspension',
      id,
      action: 'scheduled_suspension_cancelled',
      about: student,
    });
  return rows;
}

/** The two values of `lms_status` that staff set by hand, and their removal. */
export const setStudentOutcome = defineStaffCommand({
  name: 'set-student-outcome',
  summary: 'Mark a student as dropped out or complete, or take that back',
  input: setStudentOutcomeSchema,
  output: accessStateSchema,
  roles,
  once: async (call, { user_id, outcome, reason }) => {
    const { tx, deps, now } = call;
    await lockStudent(tx, user_id);
    const { rows } = await tx.query<{ before: string | null }>(
      `update students s set outcome = $2, outcome_set_at = case when $2::text is null then null else $3::timestamptz end
       from students old where s.id = $1 and old.id = s.id returning old.outcome as before`,
      [user_id, outcome === 'none' ? null : outcome, now],
    );
    const data = { before: { outcome: rows[0]!.before ?? 'none' }, after: { outcome }, reason };
    await auditStaff(call, { entity: 'student', id: user_id, action: 'student_outcome_set', about: user_id, data });
    await settleAccess(tx, deps, user_id, by(call));
    return readAccess(tx, user_id);
  },
});

const lateEnd = () =>
  new AppError('INVALID_INPUT', { details: [{ path: 'ends_at', message: 'It must lie after the start.' }] });
