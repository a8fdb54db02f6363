import type { AuthSession } from '#contract/api/gotrue.ts';
import { asServer } from '../../db/as-actor.ts';
import { AuthError } from './auth-error.ts';
import { liftElapsedBan } from './bans.ts';
import type { DeviceIntroduction } from './devices.ts';
import { confirmEmailChange } from './email-change.ts';
import { useLink, type GivenLink } from './links.ts';
import { queueMail } from './mail.ts';
import { audit, findAccountByEmail, findAccountById } from './queries.ts';
import { openSession, type Call } from './sessions.ts';

const requestsPerHour = 3;

/**
 * Queues the mail with a set-password link, at most three an hour per address (workflows 3.2). Says nothing about whether
 * the address exists: the caller answers before this has run.
 */
export async function requestRecovery(call: Call, email: string): Promise<void> {
  const { deps } = call;
  await asServer(deps.server, async (tx) => {
    const account = await findAccountByEmail(tx, email.trim().toLowerCase());
    if (!account || account.blocked) return;
    await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`recovery ${account.id}`]);
    const { rows } = await tx.query<{ count: number }>(
      `select count(*)::int as count from email_queue
       where user_id = $1 and template_key = 'password_reset' and created_at > now() - interval '1 hour'`,
      [account.id],
    );
    if ((rows[0]?.count ?? 0) >= requestsPerHour) return;
    await queueMail(call, tx, {
      userId: account.id,
      email: account.email,
      name: account.full_name,
      template: 'password_reset',
    });
    await audit(tx, { ...call, action: 'password_reset_requested', targetUserId: account.id, performedBy: null });
  });
}

/** What following a link leads to: a session, or the first half of a change of address. */
export type Followed = { session: AuthSession } | { session: null };

/**
 * Uses the secret of a link: opens a session, in which the person then chooses a password; of a change of address only the
 * second link does. An account with a second factor still owes its code there. Throws `otp_expired`, `user_banned`.
 */
export async function followLink(call: Call, link: GivenLink, device: DeviceIntroduction | null): Promise<Followed> {
  const { server } = call.deps;
  const followed = await asServer(server, async (tx) => {
    const used = await useLink(tx, link, call.now);
    if (!used) return null;
    const half = link.type === 'email_change' && !(await confirmEmailChange(call, tx, used));
    return { userId: used.userId, half };
  });
  const account = followed && (await findAccountById(server, followed.userId));
  if (!account) throw new AuthError('otp_expired', 'Email link is invalid or has expired');
  if (account.blocked && !(await liftElapsedBan(server, account.id, call.now)))
    throw new AuthError('user_banned', 'This account may not sign in. Ask the academy.');
  return { session: followed.half ? null : await openSession(call, account, device, 'otp') };
}
