import { randomInt } from 'node:crypto';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { AuthError } from './auth-error.ts';
import { recordRightCode, recordWrongCode, takeTry } from './code-attempts.ts';
import { tellPerson } from './mail.ts';
import { hashToken } from './refresh-tokens.ts';
import type { Call } from './sessions.ts';

const kind = 'reauthentication';
export const codeMinutes = 10;
const mailsPerHour = 3;

const hashCode = (userId: string, code: string): string => hashToken(`${userId}\n${code}`);

/** Queues the mail with a code that proves the mailbox, for a change of password without the present one. */
export async function requestCode(call: Call, userId: string): Promise<void> {
  await asServer(call.deps.server, async (tx) => {
    const { rows } = await tx.query<{ count: number }>(
      `select count(*)::int as count from email_queue
       where user_id = $1 and template_key = 'reauthentication' and created_at > now() - interval '1 hour'`,
      [userId],
    );
    if (rows[0]!.count >= mailsPerHour)
      throw new AuthError('over_email_send_rate_limit', 'Too many requests. Wait a while.');
    await tellPerson(call, tx, userId, { template: 'reauthentication' });
  });
}

/** Makes the six digits; only the newest count. Called when the mail is sent, so that the queue holds no code. */
export async function mintCode(tx: Tx, userId: string, now: Date): Promise<string> {
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  await tx.query('delete from one_time_tokens where user_id = $1 and kind = $2', [userId, kind]);
  await tx.query(
    `insert into one_time_tokens (user_id, kind, token_hash, expires_at)
     values ($1, $2, $3, $4::timestamptz + make_interval(mins => $5))`,
    [userId, kind, hashCode(userId, code), now, codeMinutes],
  );
  return code;
}

/** Uses the code up. Throws `reauthentication_not_valid`, also while too many wrong ones were given. */
export async function takeCode({ deps: { server }, now }: Call, userId: string, code: string): Promise<void> {
  const allowed = await takeTry(server, 'mail code', userId, now);
  const { rowCount } = allowed
    ? await server.query(
        `update one_time_tokens set used_at = $4
         where user_id = $1 and kind = $2 and token_hash = $3 and used_at is null and expires_at > $4`,
        [userId, kind, hashCode(userId, code.trim()), now],
      )
    : { rowCount: 0 };
  if (!rowCount) {
    await recordWrongCode(server, 'mail code', userId, now);
    throw new AuthError('reauthentication_not_valid', 'This code is not right or too old.');
  }
  await recordRightCode(server, 'mail code', userId);
}
