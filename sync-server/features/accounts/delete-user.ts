import {
  deletedUserSchema,
  deleteUserSchema,
  reactivatedUserSchema,
  reactivateUserSchema,
} from '#contract/api/accounts.ts';
import { mayDeactivate } from '#contract/rules/staff.ts';
import type { Tx } from '../../db/sql.ts';
import { AppError } from '../../http/errors.ts';
import { settleAccess } from '../access/index.ts';
import { eraseFilesOf } from '../files/index.ts';
import { erasePerson } from './erase.ts';
import { endAccess, keepLastSuperadmin, lockPerson, requireRight, type Person } from './person.ts';
import { auditStaff, defineStaffCommand, type StaffCall } from './staff-command.ts';

/**
 * Closes an account, or, afterwards, removes the person from it (workflows 3.9, data model R4). What was decided, paid and certified
 * stays. Asked for again, it answers when it was done.
 */
export const deleteUser = defineStaffCommand({
  name: 'delete-user',
  summary: 'Deactivate an account, or erase a deactivated one',
  input: deleteUserSchema,
  output: deletedUserSchema,
  roles: ['admin', 'superadmin'],
  once: async (call, { user_id, mode, reason, confirm_email }) => {
    const { tx, actor, now } = call;
    requireRight(mode === 'deactivate' || actor.role === 'superadmin');
    const before = await findEarlier(tx, user_id, mode);
    if (before) return { user_id, mode, done_at: before };
    const person = await lockPerson(tx, user_id);
    requireRight(mayDeactivate(actor, person));
    if (confirm_email !== person.email.toLowerCase())
      throw new AppError('INVALID_INPUT', {
        details: [{ path: 'confirm_email', message: 'It is not the address of the account.' }],
      });
    await (mode === 'deactivate' ? deactivate(call, person, reason) : erase(call, person, reason));
    return { user_id, mode, done_at: now.toISOString() };
  },
});

/** When it was done before; null when it was not, or the account came back since. */
async function findEarlier(tx: Tx, id: string, mode: 'deactivate' | 'erase'): Promise<string | null> {
  const { rows } = await tx.query<{ at: string }>(
    `select l.created_at as at from users u join admin_logs l on l.entity_id = u.id
     where u.id = $1 and l.action = $2 and (case when $2 = 'user_erased' then u.erased_at is not null else u.status = 'inactive' end)
     order by l.created_at desc limit 1`,
    [id, mode === 'erase' ? 'user_erased' : 'user_deactivated'],
  );
  return rows[0]?.at ?? null;
}

async function deactivate(call: StaffCall, person: Person, reason: string): Promise<void> {
  const { tx, deps, now } = call;
  await keepLastSuperadmin(tx, person);
  await tx.query("update users set status = 'inactive' where id = $1", [person.id]);
  await endAccess(tx, deps.serverKey, person.id, { wipe: true });
  await tx.query('update one_time_tokens set used_at = $2 where user_id = $1 and used_at is null', [person.id, now]);
  await tx.query("update email_queue set status = 'cancelled' where user_id = $1 and status = 'pending'", [person.id]);
  await tx.query("update whatsapp_queue set status = 'cancelled' where user_id = $1 and status = 'pending'", [
    person.id,
  ]);
  await tx.query(
    "update scheduled_suspensions set status = 'cancelled', cancelled_at = $2 where student_id = $1 and status = 'active'",
    [person.id, now],
  );
  if (person.role === 'mentor') {
    await tx.query("update submissions set assigned_to = null where assigned_to = $1 and status = 'pending'", [
      person.id,
    ]);
    await tx.query('update mentors set accepting_students = false where id = $1', [person.id]);
  }
  const data = { before: { status: person.status }, after: { status: 'inactive' }, reason };
  await auditStaff(call, { entity: 'user', id: person.id, action: 'user_deactivated', about: person.id, data });
}

async function erase(call: StaffCall, person: Person, reason: string): Promise<void> {
  const { tx, deps, now } = call;
  if (person.status !== 'inactive') throw new AppError('CONFLICT', { message: 'Deactivate the account first.' });
  await erasePerson(tx, deps.serverKey, person.id, now);
  await eraseFilesOf(tx, person.id);
  // Not even here by name: the trail outlives the person.
  const data = { role: person.role, reason };
  await auditStaff(call, { entity: 'user', id: person.id, action: 'user_erased', about: person.id, data });
}

/** Opens a deactivated account again; causes that were open still count. The person signs in with the old password. */
export const reactivateUser = defineStaffCommand({
  name: 'reactivate-user',
  summary: 'Open a deactivated account again',
  input: reactivateUserSchema,
  output: reactivatedUserSchema,
  roles: ['admin', 'superadmin'],
  once: async (call, { user_id, reason }) => {
    const { tx, deps, actor, requestId } = call;
    const person = await lockPerson(tx, user_id);
    requireRight(mayDeactivate(actor, person));
    if (person.status !== 'inactive') throw new AppError('CONFLICT', { message: 'The account is open.' });
    await tx.query("update users set status = 'active' where id = $1", [user_id]);
    await bringBack(tx, user_id);
    await tx.query('select server_withdraw_wipe($1, $2)', [deps.serverKey, user_id]);
    await settleAccess(tx, deps, user_id, { actor: actor.id, requestId });
    const { status } = await lockPerson(tx, user_id);
    const data = { before: { status: 'inactive' }, after: { status }, reason };
    await auditStaff(call, { entity: 'user', id: user_id, action: 'user_reactivated', about: user_id, data });
    return { user_id, status };
  },
});

/** An account that an operator's program removed is listed again, under its old address unless somebody else has it now. */
async function bringBack(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `update users u set email = d.former_email, email_undeliverable = false from account_details d
     where u.id = $1 and d.user_id = u.id and d.former_email is not null
       and not exists (select from users o where o.email = d.former_email)`,
    [id],
  );
  await tx.query('update account_details set removed_at = null, former_email = null where user_id = $1', [id]);
}
