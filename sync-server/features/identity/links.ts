import type { LinkType } from '#contract/api/gotrue.ts';
import type { Tx } from '../../db/sql.ts';
import { hashToken, newToken } from './refresh-tokens.ts';

const validHours = { recovery: 24, invite: 7 * 24 } as const;

/**
 * Makes the secret of a set-password link: single use, stored as its hash. Earlier links of the kind stop working. The mail
 * worker calls it when it sends, so that no queue ever holds a working link.
 */
export async function mintLink(tx: Tx, userId: string, kind: LinkType, now: Date): Promise<string> {
  const token = newToken();
  await tx.query('update one_time_tokens set used_at = $3 where user_id = $1 and kind = $2 and used_at is null', [
    userId,
    kind,
    now,
  ]);
  await tx.query(
    `insert into one_time_tokens (user_id, kind, token_hash, expires_at)
     values ($1, $2, $3, $4::timestamptz + make_interval(hours => $5))`,
    [userId, kind, hashToken(token), now, validHours[kind]],
  );
  return token;
}

/** Uses a link up and answers whose it was; null when it is unknown, used, too old, or of another address. */
export async function useLink(
  tx: Tx,
  { token, kind, email }: { token: string; kind: LinkType; email?: string },
  now: Date,
): Promise<string | null> {
  const { rows } = await tx.query<{ user_id: string }>(
    `update one_time_tokens t set used_at = $3 from users u
     where t.token_hash = $1 and t.kind = $2 and t.used_at is null and t.expires_at > $3
       and u.id = t.user_id and not u.is_deleted and ($4::citext is null or u.email = $4::citext)
     returning t.user_id`,
    [hashToken(token), kind, now, email ?? null],
  );
  return rows[0]?.user_id ?? null;
}
