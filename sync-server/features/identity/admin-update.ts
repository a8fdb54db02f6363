import type { z } from 'zod';
import type { adminUpdateUserSchema } from '#contract/api/gotrue.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { addRoleRow, keepLastSuperadmin, readRole, refuseTakenAddress } from './admin.ts';
import { AuthError } from './auth-error.ts';
import { requireStrongPassword, type Passwords } from './passwords.ts';
import { audit, findAccountById, type Account } from './queries.ts';
import { endSessions, type Call } from './sessions.ts';

type Changes = z.infer<typeof adminUpdateUserSchema>;

/**
 * Changes an account for an operator's program. A new password, role or ban ends every session of the account. A ban lasts
 * until it is lifted with `ban_duration: 'none'`, whatever duration is given. Throws `email_exists`, `weak_password`.
 */
export async function updateAccount(call: Call, passwords: Passwords, id: string, changes: Changes): Promise<Account> {
  const role = readRole(changes.app_metadata?.role);
  if (changes.password !== undefined) requireStrongPassword(changes.password);
  const hash = changes.password === undefined ? null : await passwords.hash(changes.password);
  const blocked = changes.ban_duration === undefined ? null : changes.ban_duration !== 'none';
  return refuseTakenAddress(() =>
    asServer(call.deps.server, async (tx) => {
      if (blocked || (role && role !== 'superadmin')) await keepLastSuperadmin(tx, id);
      const { rowCount } = await tx.query(
        `update users set email = coalesce($2, email), full_name = coalesce($3, full_name), role = coalesce($4, role),
           login_blocked = coalesce($5, login_blocked)
         where id = $1 and not is_deleted`,
        [
          id,
          changes.email?.trim().toLowerCase() ?? null,
          changes.user_metadata?.full_name ?? null,
          role ?? null,
          blocked,
        ],
      );
      if (!rowCount) throw new AuthError('user_not_found', 'There is no such account.');
      if (role) await addRoleRow(tx, id, role);
      if (hash) await setPassword(tx, id, hash, call.now);
      if (hash || role || blocked) await endSessions(tx, { user: id }, call.now);
      const data = {
        email: changes.email,
        role,
        blocked: blocked ?? undefined,
        password: hash ? 'changed' : undefined,
      };
      await audit(tx, { ...call, action: 'user_updated', targetUserId: id, performedBy: null, data });
      return (await findAccountById(tx, id))!;
    }),
  );
}

async function setPassword(tx: Tx, id: string, hash: string, now: Date): Promise<void> {
  await tx.query(
    `insert into user_credentials (user_id, password_hash, password_changed_at) values ($1, $2, $3)
     on conflict (user_id) do update set password_hash = excluded.password_hash, password_changed_at = excluded.password_changed_at`,
    [id, hash, now],
  );
  await tx.query('update users set is_temp_password = false where id = $1 and is_temp_password', [id]);
}
