import type { z } from 'zod';
import type { adminCreateUserSchema } from '#contract/api/gotrue.ts';
import { roleSchema, type Role } from '#contract/roles.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { AuthError } from './auth-error.ts';
import { requireStrongPassword, type Passwords } from './passwords.ts';
import { audit, findAccountById, type Account } from './queries.ts';
import { endSessions, type Call } from './sessions.ts';

const uniqueViolation = '23505';

/**
 * Makes an account for an operator's program. A password given here is the account's own; without one the person gets in
 * through a set-password link only. Throws `email_exists`, `weak_password`.
 */
export async function createAccount(
  call: Call,
  passwords: Passwords,
  input: z.infer<typeof adminCreateUserSchema>,
): Promise<Account> {
  const role = readRole(input.app_metadata?.role) ?? 'student';
  if (input.password !== undefined) requireStrongPassword(input.password);
  const hash = input.password === undefined ? null : await passwords.hash(input.password);
  const email = input.email.trim().toLowerCase();
  const name = input.user_metadata?.full_name ?? email.slice(0, email.indexOf('@')).slice(0, 100);
  return refuseTakenAddress(() =>
    asServer(call.deps.server, async (tx) => {
      const id = await insertPerson(tx, { email, name, role, mustChoose: hash === null });
      if (hash)
        await tx.query(
          'insert into user_credentials (user_id, password_hash, password_changed_at) values ($1, $2, $3)',
          [id, hash, call.now],
        );
      await audit(tx, { ...call, action: 'user_created', targetUserId: id, performedBy: null, data: { role } });
      return (await findAccountById(tx, id))!;
    }),
  );
}

/** The app role an operator names, undefined when none is named. */
export function readRole(name: string | undefined): Role | undefined {
  if (name === undefined) return undefined;
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
      throw new AuthError('email_exists', 'There is an account with this e-mail address.');
    throw error;
  }
}

async function insertPerson(
  tx: Tx,
  { email, name, role, mustChoose }: { email: string; name: string; role: Role; mustChoose: boolean },
): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    'insert into users (email, full_name, role, is_temp_password) values ($1, $2, $3, $4) returning id',
    [email, name, role, mustChoose],
  );
  const id = rows[0]!.id;
  await addRoleRow(tx, id, role);
  return id;
}

/** What a role needs beside the account: a student's number, a mentor's directory entry. Kept when it is there. */
export async function addRoleRow(tx: Tx, id: string, role: Role): Promise<void> {
  if (role === 'student')
    await tx.query(
      `insert into students (id, student_number)
       select $1, 'STU' || lpad(app_next_number('student')::text, 6, '0')
       where not exists (select from students where id = $1)`,
      [id],
    );
  if (role === 'mentor')
    await tx.query(
      'insert into mentors (id, display_name) select id, full_name from users where id = $1 on conflict (id) do nothing',
      [id],
    );
}

/** Ends the account's sessions and keeps it from signing in; its work and records stay. The last superadmin is kept. */
export async function deactivateAccount(call: Call, id: string): Promise<void> {
  const { deps, now } = call;
  await asServer(deps.server, async (tx) => {
    await keepLastSuperadmin(tx, id);
    const { rowCount } = await tx.query(
      `update users set status = 'inactive', sessions_revoked_at = now() where id = $1 and not is_deleted`,
      [id],
    );
    if (!rowCount) throw new AuthError('user_not_found', 'There is no such account.');
    await endSessions(tx, { user: id }, now);
    await audit(tx, { ...call, action: 'user_deactivated', targetUserId: id, performedBy: null });
  });
}

/** Refuses when this is the only superadmin who can sign in. One at a time, so that two programs cannot remove two last ones. */
export async function keepLastSuperadmin(tx: Tx, id: string): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtext('last superadmin'))");
  const { rows } = await tx.query<{ id: string }>(
    `select id from users where role = 'superadmin' and status = 'active' and not login_blocked and not is_deleted`,
  );
  if (rows.length === 1 && rows[0]!.id === id) throw new AuthError('conflict', 'The last superadmin stays.');
}
