import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Signed } from './account-home.ts';
import { AuthError } from './auth-error.ts';
import { recordFailure, recordSuccess, readStanding } from './lockout.ts';
import { takeCode } from './reauthentication.ts';
import { requireStrongPassword, type Passwords } from './passwords.ts';
import { audit, findAccountById, findPasswordHash, type Account } from './queries.ts';
import { queueMail } from './mail.ts';
import { endSessions, type Call } from './sessions.ts';

/** So long after signing in, or following a link from a mail, the current password need not be given again. */
const recentMinutes = 10;

export type Change = {
  password: string;
  currentPassword: string | undefined;
  /** The code of a mail, in place of the current password. */
  nonce: string | undefined;
};

type Changing = Pick<Signed, 'userId' | 'session'>;

/** Sets a new password (workflows 3.2): proves the person, ends every other session, tells the person by mail. */
export async function changePassword(call: Call, passwords: Passwords, who: Changing, change: Change): Promise<void> {
  const account = await findChanging(call, who);
  const stored = await findPasswordHash(call.deps.server, account.id);
  await proveIdentity(call, who, account, change, {
    isPassword: (password) => passwords.verify(stored, password, 'known'),
    takeCode: (code) => takeCode(call, account.id, code),
  });
  requireStrongPassword(change.password);
  if (await passwords.verify(stored, change.password, 'known'))
    throw new AuthError('same_password', 'New password should be different from the old password.');
  const hash = await passwords.hash(change.password);
  await asServer(call.deps.server, async (tx) => {
    await tx.query(
      `insert into user_credentials (user_id, password_hash, password_changed_at) values ($1, $2, $3)
       on conflict (user_id) do update set password_hash = excluded.password_hash, password_changed_at = excluded.password_changed_at`,
      [account.id, hash, call.now],
    );
    await finishPasswordChange(call, tx, who, account);
  });
}

export async function findChanging(call: Call, { userId }: Changing): Promise<Account> {
  const account = await findAccountById(call.deps.server, userId);
  if (!account) throw new AuthError('session_not_found', 'This session has ended.');
  return account;
}

/** What follows a new password wherever it is kept: other sessions and open links end, the person is told. */
export async function finishPasswordChange(call: Call, tx: Tx, { session }: Changing, account: Account): Promise<void> {
  const { now } = call;
  await tx.query('update users set is_temp_password = false where id = $1 and is_temp_password', [account.id]);
  await tx.query(
    `insert into user_security_summary (user_id, password_last_changed) values ($1, $2)
     on conflict (user_id) do update set password_last_changed = excluded.password_last_changed`,
    [account.id, now],
  );
  await tx.query('update one_time_tokens set used_at = $2 where user_id = $1 and used_at is null', [account.id, now]);
  await endSessions(tx, { user: account.id, except: session.id }, now);
  await tx.query(
    `insert into user_activity_logs (user_id, activity_type, occurred_at) values ($1, 'password_changed', $2)`,
    [account.id, now],
  );
  await queueMail(call, tx, {
    userId: account.id,
    email: account.email,
    name: account.full_name,
    template: 'password_changed',
  });
  await audit(tx, { ...call, action: 'password_changed', targetUserId: account.id, performedBy: account.id });
}

/** How the place that keeps the password proves one. `takeCode` uses a mail's code up and throws when it is wrong. */
export type Proofs = { isPassword(password: string): Promise<boolean>; takeCode(code: string): Promise<void> };

/**
 * The current password, counted like a sign-in so that a stolen session cannot guess it; or the code of a mail; or a sign-in of a
 * moment ago.
 */
export async function proveIdentity(
  call: Call,
  { session }: Changing,
  { email }: Account,
  { currentPassword, nonce }: Change,
  proofs: Proofs,
): Promise<void> {
  const { deps, now, address } = call;
  if (currentPassword === undefined && nonce !== undefined) return proofs.takeCode(nonce);
  if (currentPassword === undefined) {
    const { rowCount } = await deps.server.query(
      'select from auth_sessions where id = $1 and created_at > now() - make_interval(mins => $2)',
      [session.id, recentMinutes],
    );
    if (!rowCount) throw new AuthError('reauthentication_needed', 'Give the current password to choose a new one.');
    return;
  }
  const attempt = { email, address };
  const { locked } = await readStanding(deps.server, attempt, now);
  const matches = !locked && (await proofs.isPassword(currentPassword));
  if (!matches) {
    if (!locked) await recordFailure(deps, attempt, now);
    throw new AuthError('invalid_credentials', 'The current password is not right.');
  }
  await recordSuccess(deps.server, attempt, now);
}
