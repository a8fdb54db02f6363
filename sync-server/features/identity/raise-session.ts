import type { AuthSession } from '#contract/api/gotrue.ts';
import type { Tx } from '../../db/sql.ts';
import type { AuthenticationMethod } from '../../http/access-token.ts';
import { AuthError } from './auth-error.ts';
import { insertRefreshToken, newToken } from './refresh-tokens.ts';
import { answerWithSession, type Call } from './sessions.ts';

type Method = 'totp' | 'mfa/recovery_code';
/** A session that has given its second step, with the only refresh token it now has. */
export type Raised = { userId: string; sessionId: string; refreshToken: string; amr: AuthenticationMethod[] };

/**
 * Lifts the session to the second level. Its refresh tokens of before are void: one that was copied while the session was
 * weak must not give a strong token.
 */
export async function raiseSession(
  tx: Tx,
  sessionId: string,
  method: Method,
  now: Date,
): Promise<Omit<Raised, 'userId'>> {
  const { rows } = await tx.query<{ amr: AuthenticationMethod[] }>(
    `update auth_sessions set aal = 'aal2', refreshed_at = $2, amr = amr || jsonb_build_array($3::jsonb)
     where id = $1 and revoked_at is null returning amr`,
    [sessionId, now, JSON.stringify({ method, timestamp: Math.floor(now.getTime() / 1000) })],
  );
  if (!rows[0]) throw new AuthError('session_not_found', 'This session has ended.');
  await tx.query('delete from refresh_tokens where session_id = $1', [sessionId]);
  const refreshToken = newToken();
  await insertRefreshToken(tx, { token: refreshToken, sessionId, parentId: null }, now);
  return { sessionId, refreshToken, amr: rows[0].amr };
}

export const openRaised = (call: Call, raised: Raised): Promise<AuthSession> =>
  answerWithSession(call, raised.userId, { ...raised, aal: 'aal2' });
