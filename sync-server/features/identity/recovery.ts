import type { AuthSession, LinkType } from '#contract/api/gotrue.ts';
import { asServer } from '../../db/as-actor.ts';
import { AuthError } from './auth-error.ts';
import type { DeviceIntroduction } from './devices.ts';
import { useLink } from './links.ts';
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

/** Opens a session with the secret of a link; the person then chooses a password in it. */
export async function followLink(
  call: Call,
  link: { token: string; kind: LinkType; email?: string },
  device: DeviceIntroduction | null,
): Promise<AuthSession> {
  const userId = await asServer(call.deps.server, (tx) => useLink(tx, link, call.now));
  const account = userId && (await findAccountById(call.deps.server, userId));
  if (!account) throw new AuthError('otp_expired', 'This link was used already or is too old. Ask for a new one.');
  if (account.blocked) throw new AuthError('user_banned', 'This account may not sign in. Ask the academy.');
  return openSession(call, account, device);
}
