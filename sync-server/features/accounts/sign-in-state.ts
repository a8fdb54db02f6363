import {
  loginBlockedSchema,
  resetPasswordAnswerSchema,
  resetPasswordSchema,
  revokedUserDeviceSchema,
  revokeUserDeviceSchema,
  setLoginBlockedSchema,
} from '#contract/api/accounts.ts';
import { mayBlock, mayManage } from '#contract/rules/staff.ts';
import { AppError } from '../../http/errors.ts';
import { queueMail } from '../mail/index.ts';
import { endAccess, keepLastSuperadmin, lockPerson, requireRight } from './person.ts';
import { auditStaff, defineStaffCommand, withMail } from './staff-command.ts';

const roles = ['admin', 'superadmin'] as const;

/** Keeps an account from signing in, or lets it again (data model R1). A ban signs out everywhere and revokes the devices. */
export const setLoginBlocked = defineStaffCommand({
  name: 'set-login-blocked',
  summary: 'Ban an account from signing in, or lift the ban',
  input: setLoginBlockedSchema,
  output: loginBlockedSchema,
  roles,
  once: async (call, { user_id, blocked, reason }) => {
    const { tx, deps, actor, now } = call;
    const person = await lockPerson(tx, user_id);
    requireRight(mayBlock(actor, person));
    // A ban by staff has no end of its own, also where a program's ban of some hours stood.
    await tx.query('update account_details set banned_until = null where user_id = $1', [user_id]);
    if (person.login_blocked === blocked) return { user_id, blocked };
    if (blocked) await keepLastSuperadmin(tx, person);
    await tx.query('update users set login_blocked = $2 where id = $1', [user_id, blocked]);
    if (blocked) {
      await endAccess(tx, deps.serverKey, user_id, { wipe: true });
      await tx.query('update devices set revoked_at = $2 where user_id = $1 and revoked_at is null', [user_id, now]);
    }
    const data = { before: { blocked: person.login_blocked }, after: { blocked }, reason };
    const action = blocked ? 'login_banned' : 'login_unbanned';
    await auditStaff(call, { entity: 'user', id: user_id, action, about: user_id, data });
    return { user_id, blocked };
  },
});

/** Sends a set-password link; staff never set or see a password (workflows 3.2). */
export const adminResetPassword = defineStaffCommand({
  name: 'admin-reset-password',
  summary: 'Send an account a set-password link',
  input: resetPasswordSchema,
  output: resetPasswordAnswerSchema,
  roles,
  once: async (call, { user_id }) => {
    const { tx, actor, requestId } = call;
    const person = await lockPerson(tx, user_id);
    requireRight(mayManage(actor, person));
    if (person.status === 'inactive') throw new AppError('CONFLICT', { message: 'The account is deactivated.' });
    await queueMail(tx, {
      userId: person.id,
      email: person.email,
      name: person.full_name,
      template: 'password_reset',
      dedupe: `password_reset:${requestId}`,
    });
    await auditStaff(call, { entity: 'user', id: user_id, action: 'password_reset_requested', about: user_id });
    return { user_id, email_status: { status: 'queued' as const } };
  },
  after: (call, _input, done) => withMail(call, done, `password_reset:${call.requestId}`),
});

/** Signs a device of somebody out and has it wipe itself at its next contact. */
export const revokeUserDevice = defineStaffCommand({
  name: 'revoke-user-device',
  summary: 'Sign a device of somebody out for good',
  input: revokeUserDeviceSchema,
  output: revokedUserDeviceSchema,
  roles,
  once: async (call, { user_id, device_id, reason }) => {
    const { tx, deps, actor, now } = call;
    const person = await lockPerson(tx, user_id);
    requireRight(mayManage(actor, person));
    const { rows } = await tx.query<{ revoked_at: string }>(
      `update devices set revoked_at = coalesce(revoked_at, $3)
       where id = $1 and user_id = $2 and not is_deleted returning revoked_at`,
      [device_id, user_id, now],
    );
    if (!rows[0]) throw new AppError('NOT_FOUND');
    await tx.query('select server_request_wipe($1, $2, $3)', [deps.serverKey, user_id, device_id]);
    const ended = await tx.query(
      'update auth_sessions set revoked_at = $2 where device_id = $1 and revoked_at is null',
      [device_id, now],
    );
    const data = { device_id, reason };
    await auditStaff(call, { entity: 'device', id: device_id, action: 'device_revoked', about: user_id, data });
    return { device_id, revoked_at: rows[0].revoked_at, ended: ended.rowCount ?? 0 };
  },
});
