import type { AuthSession } from '#contract/api/gotrue.ts';
import type { AuthErrorCode } from '#contract/api/identity.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { accessTokenSeconds, signAccessToken, type AuthenticationMethod } from '../../http/access-token.ts';
import type { AssuranceLevel } from '../../http/live-session.ts';
import type { SigningKeys } from '../../http/signing-keys.ts';
import { AuthError } from './auth-error.ts';
import { readAuthUser } from './auth-user.ts';
import { liftElapsedBan } from './bans.ts';
import { keepDeviceLimit } from './device-limit.ts';
import { registerDevice, type DeviceIntroduction } from './devices.ts';
import { tellOfNewDevice } from './new-device.ts';
import { audit, findAccountById, type Account } from './queries.ts';
import { findRefreshToken, insertRefreshToken, newToken, rotate, sessionDays, successorOf } from './refresh-tokens.ts';

/** What the functions below share: the server's parts and facts of the request for the audit trail. */
export type Call = {
  deps: Deps;
  keys: SigningKeys;
  requestId: string;
  address: string;
  /** How the program that calls names itself; shown beside a session without a device. */
  userAgent: string | null;
  now: Date;
};

/** How a session is opened, in the words supabase-js knows: a password, or the link of a mail. */
export type FirstStep = 'password' | 'otp';

/** A new session of this person, bound to the device that signed in. */
export async function openSession(
  call: Call,
  account: Pick<Account, 'id' | 'last_login_at'>,
  device: DeviceIntroduction | null,
  method: FirstStep = 'password',
): Promise<AuthSession> {
  const opened = await settleSignIn(call, account, device, (tx, deviceId) =>
    insertSession(call, tx, { userId: account.id, deviceId, method }),
  );
  return answerWithSession(call, account.id, { ...opened, aal: 'aal1' });
}

/** All that a sign-in leaves behind, in one transaction; `insert` writes the session itself. */
export async function settleSignIn<T>(
  call: Call,
  account: Pick<Account, 'id' | 'last_login_at'>,
  device: DeviceIntroduction | null,
  insert: (tx: Tx, deviceId: string | null) => Promise<T>,
): Promise<T> {
  const { deps, now } = call;
  return asServer(deps.server, async (tx) => {
    const registered = device && (await registerDevice(tx, account.id, device, now));
    if (device && !registered)
      deps.log.warn({ user: account.id, device: device.id }, 'sign-in from a device id of another person');
    const deviceId = registered?.id ?? null;
    const session = await insert(tx, deviceId);
    if (deviceId) await keepDeviceLimit(call, tx, account.id, deviceId);
    await tellOfNewDevice(call, tx, account, device, registered?.isNew ?? true);
    await stampSignIn(tx, account.id, deviceId, now);
    return session;
  });
}

type NewSession = { userId: string; deviceId: string | null; method: FirstStep };

async function insertSession(
  { address, userAgent, now }: Call,
  tx: Tx,
  { userId, deviceId, method }: NewSession,
): Promise<{ sessionId: string; refreshToken: string; amr: AuthenticationMethod[] }> {
  const amr = [{ method, timestamp: Math.floor(now.getTime() / 1000) }];
  const { rows } = await tx.query<{ id: string }>(
    `insert into auth_sessions (user_id, device_id, refreshed_at, not_after, amr, address, user_agent)
     values ($1, $2, $3, $3::timestamptz + make_interval(days => $4), $5, $6, $7) returning id`,
    [userId, deviceId, now, sessionDays, JSON.stringify(amr), address, userAgent],
  );
  const sessionId = rows[0]!.id;
  const refreshToken = newToken();
  await insertRefreshToken(tx, { token: refreshToken, sessionId, parentId: null }, now);
  return { sessionId, refreshToken, amr };
}

async function stampSignIn(tx: Tx, userId: string, deviceId: string | null, now: Date): Promise<void> {
  await tx.query('update users set last_login_at = $2 where id = $1', [userId, now]);
  await tx.query(
    `insert into user_security_summary (user_id, last_login_at) values ($1, $2)
     on conflict (user_id) do update set last_login_at = excluded.last_login_at, failed_login_attempts = 0, locked_until = null`,
    [userId, now],
  );
  await tx.query(
    `insert into user_activity_logs (user_id, activity_type, occurred_at, origin_device_id) values ($1, 'login', $2, $3)`,
    [userId, now, deviceId],
  );
}

/**
 * A refresh token against a new pair. The last token may come twice while its successor was never used: the first answer
 * was lost, and the same pair goes out again. Anything older can only be a copy, so the whole session ends.
 */
export async function refreshSession(
  call: Call,
  token: string,
  device: DeviceIntroduction | null,
): Promise<AuthSession> {
  const { deps, now } = call;
  const result = await asServer(deps.server, async (tx) => {
    const found = await findRefreshToken(tx, token, now);
    // A token that came to another device is no token there; the session itself goes on where it lives.
    if (!found || (device && found.device_id && device.id !== found.device_id))
      return refused('refresh_token_not_found');
    const account = await findAccountById(tx, found.user_id);
    // Said first, because a ban ends the sessions too and the person should learn the reason.
    if (account?.blocked && !(await liftElapsedBan(tx, account.id, now))) return refused('user_banned');
    if (!account || found.ended || found.expired) return refused('session_expired');
    if (found.used && found.successor_used) {
      await endSessions(tx, { session: found.session_id }, now);
      const data = { session_id: found.session_id };
      await audit(tx, { ...call, action: 'refresh_token_reused', targetUserId: account.id, performedBy: null, data });
      return refused('refresh_token_already_used');
    }
    const successor = successorOf(token, deps.serverKey);
    if (!found.used) await rotate(tx, found, successor, now);
    return { found, successor, account };
  });
  // Thrown only now: the family's end above must be committed.
  if ('code' in result) throw new AuthError(result.code, 'This session is over. Sign in again.', { status: 400 });
  const { account, found, successor } = result;
  const { session_id: sessionId, aal, amr } = found;
  return answerWithSession(call, account.id, { sessionId, refreshToken: successor, aal, amr });
}

const refused = (code: AuthErrorCode): { code: AuthErrorCode } => ({ code });

/** Which sessions to end: one, all of a person, or all but the one that asks. */
export type Ended = { session: string } | { user: string; except?: string };

/** Ends sessions at once: their access tokens are refused from the commit on, their streams end within a second. */
export async function endSessions(tx: Tx, which: Ended, now: Date): Promise<void> {
  if ('session' in which) {
    await tx.query('update auth_sessions set revoked_at = $2 where id = $1 and revoked_at is null', [
      which.session,
      now,
    ]);
  } else {
    await tx.query(
      'update auth_sessions set revoked_at = $2 where user_id = $1 and revoked_at is null and id is distinct from $3',
      [which.user, now, which.except ?? null],
    );
  }
}

type Opened = { sessionId: string; refreshToken: string; aal: AssuranceLevel; amr: AuthenticationMethod[] };

/** The tokens of a session and its account, as supabase-js keeps them. */
export async function answerWithSession(
  { deps, keys, now }: Call,
  userId: string,
  { sessionId, refreshToken, aal, amr }: Opened,
): Promise<AuthSession> {
  const user = await readAuthUser(deps.server, userId);
  if (!user) throw new AuthError('session_not_found', 'This session has ended.');
  const { token, exp } = await signAccessToken(keys, { sub: userId, session_id: sessionId, aal, amr }, now);
  return {
    access_token: token,
    token_type: 'bearer',
    expires_in: accessTokenSeconds,
    expires_at: exp,
    refresh_token: refreshToken,
    user,
  };
}
