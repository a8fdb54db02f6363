import type { z } from 'zod';
import type { adminCreateUserSchema, AuthUser } from '#contract/api/gotrue.ts';
import { roleSchema, type Role } from '#contract/roles.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { addRoleRow, isLastSuperadmin } from '../people/index.ts';
import type { AccountHome } from './account-home.ts';
import { mergeDetails, readName, stampBan } from './account-details.ts';
import { AuthError } from './auth-error.ts';
import { readAuthUser } from './auth-user.ts';
import { readBan } from './bans.ts';
import { requireStrongPassword } from './passwords.ts';
import { audit } from './queries.ts';
import { endSessions, type Call } from './sessions.ts';

const uniqueViolation = '23505';

export type NewAccount = z.infer<typeof adminCreateUserSchema>;

/**
 * Makes an account for an operator's program. A password given here is the account's own; without one the person gets in
 * through a set-password link only. `then` runs in the same transaction. Throws `email_exists`, `weak_password`.
 */
export async function createAccount(
  call: Call,
  home: AccountHome,
  input: NewAccount,
  then: (tx: Tx, id: string) => Promise<void> = async () => undefined,
): Promise<AuthUser> {
  const role = readRole(input.app_metadata?.['role']) ?? 'student';
  const ban = readBan(input.ban_duration, call.now);
  if (input.password !== undefined) requireStrongPassword(input.password);
  const store = input.password === undefined ? null : await home.keepPassword(call, input.password);
  const email = input.email.trim().toLowerCase();
  const name = readName(input.user_metadata) ?? email.slice(0, email.indexOf('@')).slice(0, 100);
  const person = { id: input.id, email, name, role, mustChoose: store === null, blocked: Boolean(ban?.until) };
  return refuseTakenAddress(() =>
    asServer(call.deps.server, async (tx) => {
      const id = await insertPerson(tx, person);
      await mergeDetails(tx, id, input);
      if (ban?.until) await stampBan(tx, id, ban.until);
      await audit(tx, { ...call, action: 'user_created', targetUserId: id, performedBy: null, data: { role } });
      await then(tx, id);
      await store?.(tx, id);
      return (await readAuthUser(tx, id))!;
    }),
  );
}

/** The app role an operator names, undefined when none is named. */
export function readRole(name: unknown): Role | undefined {
  if (name === undefined || name === null) return undefined;
  const role = roleSchema.safeParse(name);
  if (!role.success) throw new AuthError('validation_failed', 'app_metadata.role is not a role of this academy.');
  return role.data;
}

export async function refuseTakenAddress<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code === uniqueViolation && constraint === 'users_email_key')
      throw new AuthError('email_exists', 'A user with this email address has already been registered');
    if (code === uniqueViolation && constraint === 'users_pkey')
      throw new AuthError('conflict', 'There is an account with this id.');
    throw error;
  }
}

type NewPerson = {
  id: string | undefined;
  email: string;
  name: string;
  role: Role;
  mustChoose: boolean;
  blocked: boolean;
};

async function insertPerson(tx: Tx, { id: given, email, name, role, mustChoose, blocked }: NewPerson): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into users (id, email, full_name, role, is_temp_password, login_blocked)
     values (coalesce($1, app_uuid7()), $2, $3, $4, $5, $6) returning id`,
    [given ?? null, email, name, role, mustChoose, blocked],
  );
  const id = rows[0]!.id;
  await addRoleRow(tx, id, role);
  return id;
}

/**
 * Ends the account for operators: its sessions end, it is listed no more, nobody signs in to it, and its address is free for
 * another account. What the person wrote and the person's records stay, the old address with them for staff (`former_email`).
 * Its devices are told to forget what they hold. Unless `soft`, password, factors and open links go. The last superadmin is kept.
 */
export async function removeAccount(call: Call, id: string, { soft }: { soft: boolean }): Promise<void> {
  const { deps, now } = call;
  await asServer(deps.server, async (tx) => {
    await keepLastSuperadmin(tx, id);
    if (!(await readAuthUser(tx, id, 'operator'))) throw new AuthError('user_not_found', 'User not found');
    await tx.query(
      `insert into account_details (user_id, removed_at, former_email) select id, $2, email from users where id = $1
       on conflict (user_id) do update set removed_at = excluded.removed_at, former_email = excluded.former_email`,
      [id, now],
    );
    await tx.query(
      `update users set status = 'inactive', sessions_revoked_at = now(), email = 'removed-' || id || '@removed.invalid',
         email_undeliverable = true where id = $1`,
      [id],
    );
    await tx.query(`update email_queue set status = 'cancelled' where user_id = $1 and status = 'pending'`, [id]);
    if (!soft) await dropWaysIn(tx, id);
    await endSessions(tx, { user: id }, now);
    await tx.query('select server_request_wipe($1, $2)', [deps.serverKey, id]);
    await audit(tx, { ...call, action: 'user_deactivated', targetUserId: id, performedBy: null, data: { soft } });
  });
}

async function dropWaysIn(tx: Tx, id: string): Promise<void> {
  for (const table of ['user_credentials', 'mfa_factors', 'one_time_tokens', 'email_changes'])
    await tx.query(`delete from ${table} where user_id = $1`, [id]);
}

/** Refuses when this is the only superadmin who can sign in. */
export async function keepLastSuperadmin(tx: Tx, id: string): Promise<void> {
  if (await isLastSuperadmin(tx, id)) throw new AuthError('conflict', 'The last superadmin stays.');
}
