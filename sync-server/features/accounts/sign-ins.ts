import {
  listSessionsAnswerSchema,
  listUserSessionsSchema,
  removedUserFactorsSchema,
  removeUserFactorsSchema,
  revokedUserSessionsSchema,
  revokeUserSessionsSchema,
} from '#contract/api/sign-ins.ts';
import { mayManage } from '#contract/rules/staff.ts';
import { asServer } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { listOpenSessions, takeFactorsAway } from '../identity/index.ts';
import { lockPerson, requireRight } from './person.ts';
import { auditStaff, defineStaffCommand } from './staff-command.ts';

const roles = ['admin', 'superadmin'] as const;

/** Where somebody is signed in, for those who may manage the account. */
export const listUserSessions = defineCommand({
  name: 'list-user-sessions',
  summary: 'Where somebody is signed in',
  input: listUserSessionsSchema,
  output: listSessionsAnswerSchema,
  roles,
  writes: false,
  privileged: true,
  run: async ({ deps, actor, session, now }, { user_id }) =>
    asServer(deps.server, async (tx) => {
      requireRight(mayManage(actor, await lockPerson(tx, user_id)));
      return { sessions: await listOpenSessions(tx, user_id, session.id, now) };
    }),
});

/** Ends one session of somebody, or all; what a device holds and waits to send stays on it. */
export const revokeUserSessions = defineStaffCommand({
  name: 'revoke-user-sessions',
  summary: 'End sessions of somebody',
  input: revokeUserSessionsSchema,
  output: revokedUserSessionsSchema,
  roles,
  once: async (call, { user_id, session_id, reason }) => {
    const { tx, actor, now } = call;
    requireRight(mayManage(actor, await lockPerson(tx, user_id)));
    const { rowCount } = await tx.query(
      `update auth_sessions set revoked_at = $3
       where user_id = $1 and revoked_at is null and ($2::uuid is null or id = $2)`,
      [user_id, session_id ?? null, now],
    );
    if (session_id && !rowCount) throw new AppError('NOT_FOUND');
    const data = { session_id: session_id ?? 'all', reason };
    await auditStaff(call, { entity: 'user', id: user_id, action: 'sessions_revoked', about: user_id, data });
    return { user_id, ended: rowCount ?? 0 };
  },
});

/** Takes every second factor from somebody whose phone is gone, and ends the sessions; a superadmin's own go by the service key. */
export const removeUserFactors = defineStaffCommand({
  name: 'remove-user-factors',
  summary: 'Take the second factors of somebody away',
  input: removeUserFactorsSchema,
  output: removedUserFactorsSchema,
  roles,
  once: async (call, { user_id, reason }) => {
    const { tx, actor, now, requestId } = call;
    requireRight(actor.id !== user_id && mayManage(actor, await lockPerson(tx, user_id)));
    const removed = await takeFactorsAway({ requestId, address: null }, tx, { userId: user_id, performedBy: actor.id });
    await tx.query('update auth_sessions set revoked_at = $2 where user_id = $1 and revoked_at is null', [
      user_id,
      now,
    ]);
    await auditStaff(call, {
      entity: 'user',
      id: user_id,
      action: 'mfa_reset',
      about: user_id,
      data: { removed, reason },
    });
    return { user_id, removed };
  },
});
