import type { LinkType } from '#contract/api/gotrue.ts';
import type { Tx } from '../../db/sql.ts';
import { hashToken, newToken } from './refresh-tokens.ts';

/** Hours for which a link of each kind works. */
const validHours = {
  recovery: 24,
  /** Of a welcome mail (workflows 3.4). */
  activation: 72,
  invite: 7 * 24,
  signup: 24,
  magiclink: 1,
  email_change_current: 24,
  email_change_new: 24,
} as const;
export type LinkKind = keyof typeof validHours;
/** For the words of a mail. */
export const hoursOf = (kind: LinkKind): number => validHours[kind];

/** Kinds that a link's type in the protocol stands for. */
const kindsOf: Record<LinkType, readonly LinkKind[]> = {
  recovery: ['recovery'],
  invite: ['invite', 'activation'],
  signup: ['signup'],
  magiclink: ['magiclink'],
  email: ['magiclink', 'signup'],
  email_change: ['email_change_current', 'email_change_new'],
};
/** The type a link of this kind carries in its address. */
export const typeOf = (kind: LinkKind): LinkType =>
  (Object.keys(kindsOf) as LinkType[]).find((type) => kindsOf[type].includes(kind))!;

/**
 * Makes the secret of a link: single use, stored as its hash. Earlier links of the kind stop working. The mail worker calls it
 * when it sends, so that no queue ever holds a working link.
 */
export async function mintLink(tx: Tx, userId: string, kind: LinkKind, now: Date): Promise<string> {
  const token = newToken();
  await voidLinks(tx, userId, [kind], now);
  await tx.query(
    `insert into one_time_tokens (user_id, kind, token_hash, expires_at)
     values ($1, $2, $3, $4::timestamptz + make_interval(hours => $5))`,
    [userId, kind, hashToken(token), now, validHours[kind]],
  );
  return token;
}

export async function voidLinks(tx: Tx, userId: string, kinds: readonly LinkKind[], now: Date): Promise<void> {
  await tx.query('update one_time_tokens set used_at = $3 where user_id = $1 and kind = any($2) and used_at is null', [
    userId,
    kinds,
    now,
  ]);
}

export type GivenLink = { token: string; type: LinkType; email?: string };
export type UsedLink = { userId: string; kind: LinkKind };

/** Uses a link up and answers whose it was; null when it is unknown, used, too old, or of another address. */
export async function useLink(tx: Tx, { token, type, email }: GivenLink, now: Date): Promise<UsedLink | null> {
  const { rows } = await tx.query<{ user_id: string; kind: LinkKind }>(
    `update one_time_tokens t set used_at = $3 from users u left join email_changes c on c.user_id = u.id
     where t.token_hash = $1 and t.kind = any($2) and t.used_at is null and t.expires_at > $3
       and u.id = t.user_id and not u.is_deleted
       and ($4::citext is null or case t.kind when 'email_change_new' then c.new_email else u.email end = $4::citext)
     returning t.user_id, t.kind`,
    [hashToken(token), kindsOf[type], now, email ?? null],
  );
  return rows[0] ? { userId: rows[0].user_id, kind: rows[0].kind } : null;
}
