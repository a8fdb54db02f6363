import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Tx } from '../../db/sql.ts';
import type { AuthenticationMethod } from '../../http/access-token.ts';

/** How long a session lives without contact: never shorter than the longest offline lease (30 days). */
export const sessionDays = 30;

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
export const newToken = (): string => randomBytes(32).toString('base64url');

/**
 * The successor follows from its parent, so that a refresh whose answer was lost can be answered again with the very same
 * token although only hashes are stored. Without the server's key nobody can compute it.
 */
export const successorOf = (token: string, serverKey: string): string =>
  createHmac('sha256', serverKey).update(`refresh-token.v1.${token}`).digest('base64url');

export type FoundToken = {
  id: string;
  session_id: string;
  user_id: string;
  device_id: string | null;
  aal: 'aal1' | 'aal2';
  amr: AuthenticationMethod[];
  expired: boolean;
  used: boolean;
  /** The session was ended, by itself or with all sessions of the person. */
  ended: boolean;
  /** Its successor has been used too, so this one is two steps old. */
  successor_used: boolean;
};

/** Finds a refresh token and locks its session, so that two refreshes at once are judged one after the other. */
export async function findRefreshToken(tx: Tx, token: string, now: Date): Promise<FoundToken | null> {
  const values = [hashToken(token)];
  const { rows: sessions } = await tx.query<{ id: string }>(
    'select id from auth_sessions where id = (select session_id from refresh_tokens where token_hash = $1) for update',
    values,
  );
  if (sessions.length === 0) return null;
  const { rows } = await tx.query<FoundToken>(
    `select t.id, t.session_id, s.user_id, s.device_id, s.aal, s.amr, t.expires_at <= $2 as expired, t.used_at is not null as used,
       s.revoked_at is not null or s.not_after <= $2 or d.revoked_at is not null
         or coalesce(s.created_at <= u.sessions_revoked_at, false) as ended,
       exists (select from refresh_tokens n where n.parent_id = t.id and n.used_at is not null) as successor_used
     from refresh_tokens t
     join auth_sessions s on s.id = t.session_id
     join users u on u.id = s.user_id
     left join devices d on d.id = s.device_id
     where t.token_hash = $1`,
    [...values, now],
  );
  return rows[0] ?? null;
}

export async function insertRefreshToken(
  tx: Tx,
  { token, sessionId, parentId }: { token: string; sessionId: string; parentId: string | null },
  now: Date,
): Promise<void> {
  await tx.query(
    `insert into refresh_tokens (session_id, token_hash, parent_id, expires_at)
     values ($1, $2, $3, $4::timestamptz + make_interval(days => $5))`,
    [sessionId, hashToken(token), parentId, now, sessionDays],
  );
}

/** Marks the token used, makes its successor and moves the session's end on. */
export async function rotate(tx: Tx, used: FoundToken, successor: string, now: Date): Promise<void> {
  await tx.query('update refresh_tokens set used_at = $2 where id = $1', [used.id, now]);
  await insertRefreshToken(tx, { token: successor, sessionId: used.session_id, parentId: used.id }, now);
  await tx.query(
    'update auth_sessions set refreshed_at = $2, not_after = $2::timestamptz + make_interval(days => $3) where id = $1',
    [used.session_id, now, sessionDays],
  );
}
