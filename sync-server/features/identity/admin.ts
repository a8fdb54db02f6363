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
  const role = roleSchema.catch('student').parse(input.app_metadata?.role ?? 'student');
  if (input.app_metadata?.role !== undefined && role !== input.app_metadata.role)
    throw new AuthError('validation_failed', 'app_metadata.role is not a role of this academy.');
  if (input.password !== undefined) requireStrongPassword(input.password);
  const hash = input.password === undefined ? null : await passwords.hash(input.password);
  const email = input.email.trim().toLowerCase();
  const name = input.user_metadata?.full_name ?? email.slice(0, email.indexOf('@')).slice(0, 100);
  try {
    return await asServer(call.deps.server, async (tx) => {
      const id = await insertPerson(tx, { email, name, role, mustChoose: hash === null });
      if (hash)
        await tx.query(
          'insert into user_credentials (user_id, password_hash, password_changed_at) values ($1, $2, $3)',
          [id, hash, call.now],
        );
      await audit(tx, { ...call, action: 'user_created', targetUserId: id, performedBy: null, data: { role } });
      return (await findAccountById(tx, id))!;
    });
  } catch (error) {
    if ((error as { code?: string }).code === uniqueViolation)
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
  if (role === 'student')
    await tx.query(
      `insert into students (id, student_number) values ($1, 'STU' || lpad(app_next_number('student')::text, 6, '0'))`,
      [id],
    );
  if (role === 'mentor') await tx.query('insert into mentors (id, display_name) values ($1, $2)', [id, name]);
  return id;
}

/** Ends the account's sessions and keeps it from signing in; its work and records stay. The last superadmin is kept. */
export async function deactivateAccount(call: Call, id: string): Promise<void> {
  const { deps, now } = call;
  await asServer(deps.server, async (tx) => {
    const { rows } = await tx.query<{ role: Role }>(
      'select role from users where id = $1 and not is_deleted for update',
      [id],
    );
    const person = rows[0];
    if (!person) throw new AuthError('user_not_found', 'There is no such account.');
    if (person.role === 'superadmin') {
      // Locked, so that two programs cannot each remove the other's last one.
      const others = await tx.query(
        `select id from users where role = 'superadmin' and status = 'active' and not is_deleted and id <> $1 for update`,
        [id],
      );
      if (others.rows.length === 0) throw new AuthError('conflict', 'The last superadmin stays.');
    }
    await tx.query(`update users set status = 'inactive', sessions_revoked_at = now() where id = $1`, [id]);
    await endSessions(tx, { user: id }, now);
    await audit(tx, { ...call, action: 'user_deactivated', targetUserId: id, performedBy: null });
  });
}
