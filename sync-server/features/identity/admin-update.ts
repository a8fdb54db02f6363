import type { z } from 'zod';
import type { adminUpdateUserSchema, AuthUser } from '#contract/api/gotrue.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { addRoleRow } from '../people/index.ts';
import type { AccountHome } from './account-home.ts';
import { mergeDetails, stampBan } from './account-details.ts';
import { keepLastSuperadmin, readRole, refuseTakenAddress } from './admin.ts';
import { AuthError } from './auth-error.ts';
import { readAuthUser } from './auth-user.ts';
import { readBan } from './bans.ts';
import { tellOfNewAddress } from './email-change.ts';
import { tellPerson } from './mail.ts';
import { requireStrongPassword } from './passwords.ts';
import { audit } from './queries.ts';
import { endSessions, type Call } from './sessions.ts';

type Changes = z.infer<typeof adminUpdateUserSchema>;

/**
 * Changes an account for an operator's program. A new password, role or ban ends every session of the account; with another role
 * or a ban its devices are told to forget what they hold, and a lifted ban takes that back where it was not done yet. A new address
 * takes effect at once and is told to the old one and the new one. Throws `email_exists`, `weak_password`, `user_not_found`.
 */
export async function updateAccount(call: Call, home: AccountHome, id: string, changes: Changes): Promise<AuthUser> {
  const role = readRole(changes.app_metadata?.['role']);
  const ban = readBan(changes.ban_duration, call.now);
  if (changes.password !== undefined) requireStrongPassword(changes.password);
  const store = changes.password === undefined ? null : await home.keepPassword(call, changes.password);
  const email = changes.email?.trim().toLowerCase();
  return refuseTakenAddress(() =>
    asServer(call.deps.server, async (tx) => {
      if (ban?.until || (role && role !== 'superadmin')) await keepLastSuperadmin(tx, id);
      const before = await readAuthUser(tx, id, 'operator');
      if (!before) throw new AuthError('user_not_found', 'User not found');
      const held = await tx.query<{ role: string }>('select role from users where id = $1 for no key update', [id]);
      await tx.query(
        `update users set email = coalesce($2, email), role = coalesce($3, role), login_blocked = coalesce($4, login_blocked)
         where id = $1`,
        [id, email ?? null, role ?? null, ban ? ban.until !== null : null],
      );
      if (role) await addRoleRow(tx, id, role);
      await mergeDetails(tx, id, changes);
      if (ban) await stampBan(tx, id, ban.until);
      if (store) await settlePassword(call, tx, id);
      if (email && email !== before.email) await tellOfNewAddress(call, tx, id, { old: before.email, new: email });
      if (store || role || ban?.until) await endSessions(tx, { user: id }, call.now);
      if (ban?.until || (role && role !== held.rows[0]?.role))
        await tx.query('select server_request_wipe($1, $2)', [call.deps.serverKey, id]);
      else if (ban) await tx.query('select server_withdraw_wipe($1, $2)', [call.deps.serverKey, id]);
      const data = {
        ...(email && email !== before.email ? { email: { before: before.email, after: email } } : {}),
        role,
        banned: ban && (ban.until?.toISOString() ?? 'lifted'),
        password: store ? 'changed' : undefined,
        details: Object.keys({ ...changes.user_metadata, ...changes.app_metadata }),
      };
      await audit(tx, { ...call, action: 'user_updated', targetUserId: id, performedBy: null, data });
      await store?.(tx, id);
      return (await readAuthUser(tx, id))!;
    }),
  );
}

async function settlePassword(call: Call, tx: Tx, id: string): Promise<void> {
  await tx.query('update users set is_temp_password = false where id = $1 and is_temp_password', [id]);
  await tx.query('update one_time_tokens set used_at = $2 where user_id = $1 and used_at is null', [id, call.now]);
  await tellPerson(call, tx, id, { template: 'password_changed' });
}
