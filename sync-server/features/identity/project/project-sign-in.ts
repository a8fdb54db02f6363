import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthSession } from '#contract/api/gotrue.ts';
import { asServer } from '../../../db/as-actor.ts';
import { verifyAccessToken, type VerifiedClaims } from '../../../http/access-token.ts';
import { projectIsAway, type Project } from '../../../http/supabase-project.ts';
import { AuthError, invalidCredentials } from '../auth-error.ts';
import { readAuthUser } from '../auth-user.ts';
import { liftElapsedBan } from '../bans.ts';
import type { DeviceIntroduction } from '../devices.ts';
import { readStanding, recordFailure, recordSuccess } from '../lockout.ts';
import { findAccountById } from '../queries.ts';
import { endSessions, settleSignIn, type Call } from '../sessions.ts';
import type { Credentials } from '../sign-in.ts';
import { createTurns } from '../turns.ts';
import { mirrorSession } from './mirror-session.ts';
import { askFor, projectSessionSchema, tell, type ProjectSession } from './project-answers.ts';

/** The least that a refusal takes: a pause, which the project never hears of, must not be told by its quickness. */
const refusalMs = 250;
/** One guess at an account at a time, as with our own accounts. */
const turns = createTurns(200);

/**
 * Signs in at the project. Guesses are counted here as for our own accounts, because the project sees this server's address only.
 * Throws `invalid_credentials`, `user_banned`, `user_not_found` for an account that is no person of the academy.
 */
export async function signInAtProject(
  call: Call,
  project: Project,
  credentials: Credentials,
  device: DeviceIntroduction | null,
): Promise<AuthSession> {
  const shortest = sleep(refusalMs);
  const email = credentials.email.trim().toLowerCase();
  const session = await turns.take(email, () => guess(call, project, { ...credentials, email }, device));
  if (session) return openFromProject(call, project, session, device);
  await shortest;
  throw invalidCredentials();
}

/** The project's session, null when the password is wrong or guesses are paused. */
async function guess(
  call: Call,
  project: Project,
  { email, password }: Credentials,
  device: DeviceIntroduction | null,
): Promise<ProjectSession | null> {
  const { deps, address, now } = call;
  const attempt = { email, address, device: device?.id ?? null };
  if ((await readStanding(deps.server, attempt, now)).locked) return null;
  const session = await askGrant(call, project, email, password);
  if (!session) await recordFailure(deps, attempt, now);
  else await recordSuccess(deps.server, attempt, now);
  return session;
}

async function askGrant(call: Call, project: Project, email: string, password: string): Promise<ProjectSession | null> {
  try {
    const asked = { body: { email, password }, anonymous: true, address: call.address };
    return await askFor(project, projectSessionSchema, '/token?grant_type=password', asked);
  } catch (error) {
    if (error instanceof AuthError && error.code === 'invalid_credentials') return null;
    throw error;
  }
}

/** Whether this is the password of the account: a sign-in that ends at once. */
export async function isPasswordAtProject(
  call: Call,
  project: Project,
  email: string,
  password: string,
): Promise<boolean> {
  const session = await askGrant(call, project, email, password);
  if (session) await endAtProject(call, project, session);
  return session !== null;
}

/** Takes a session that the project has just opened over: device, mirror, mails, as after a sign-in of our own. */
export async function openFromProject(
  call: Call,
  project: Project,
  session: ProjectSession,
  device: DeviceIntroduction | null,
): Promise<AuthSession> {
  const claims = await claimsOf(call, session);
  const account = await findAccountById(call.deps.server, claims.sub);
  const refuse = async (error: AuthError): Promise<never> => {
    await endAtProject(call, project, session);
    throw error;
  };
  if (!account) return refuse(new AuthError('user_not_found', 'This account is not one of the academy.'));
  if (account.blocked && !(await liftElapsedBan(call.deps.server, account.id, call.now)))
    return refuse(new AuthError('user_banned', 'This account may not sign in. Ask the academy.', { status: 400 }));
  const { address, userAgent, now } = call;
  await settleSignIn(call, account, device, (tx, deviceId) =>
    mirrorSession(tx, claims, session.user, now, { deviceId, address, userAgent, opened: now }),
  );
  return answerFromProject(call, session, claims);
}

/**
 * A refresh token of the project against a new pair. A session that was ended here, or belongs to another device, is ended there
 * as well and gets none.
 */
export async function refreshAtProject(
  call: Call,
  project: Project,
  refreshToken: string,
  device: DeviceIntroduction | null,
): Promise<AuthSession> {
  const { deps, address, now } = call;
  const asked = { body: { refresh_token: refreshToken }, anonymous: true, address };
  const session = await askFor(project, projectSessionSchema, '/token?grant_type=refresh_token', asked);
  const claims = await claimsOf(call, session);
  const code = await asServer(deps.server, async (tx) => {
    await mirrorSession(tx, claims, session.user, now);
    const account = await findAccountById(tx, claims.sub);
    if (account?.blocked && !(await liftElapsedBan(tx, account.id, now))) return 'user_banned';
    const { rows } = await tx.query<{ device_id: string | null; ended: boolean }>(
      `select s.device_id, s.revoked_at is not null or d.revoked_at is not null
         or coalesce(s.created_at <= u.sessions_revoked_at, false) as ended
       from auth_sessions s join users u on u.id = s.user_id left join devices d on d.id = s.device_id
       where s.id = $1 and s.user_id = $2`,
      [claims.session_id, claims.sub],
    );
    const found = rows[0];
    if (!account || !found || found.ended) return 'session_expired';
    if (!device || !found.device_id || device.id === found.device_id) return null;
    await endSessions(tx, { session: claims.session_id }, now);
    return 'refresh_token_not_found';
  });
  if (code === null) return answerFromProject(call, session, claims);
  await endAtProject(call, project, session);
  throw new AuthError(code, 'This session is over. Sign in again.', { status: 400 });
}

/** The project's tokens with our own words about the person. */
export async function answerFromProject(
  { deps }: Call,
  { access_token, refresh_token, expires_in }: ProjectSession,
  { sub, exp }: VerifiedClaims,
): Promise<AuthSession> {
  const user = await readAuthUser(deps.server, sub);
  if (!user) throw new AuthError('session_not_found', 'This session has ended.');
  return { access_token, token_type: 'bearer', expires_in, expires_at: exp, refresh_token, user };
}

/** What the project hands out must pass the same test as what a caller shows. */
export async function claimsOf({ keys, now }: Call, { access_token, user }: ProjectSession): Promise<VerifiedClaims> {
  const claims = await verifyAccessToken(keys, access_token, now);
  if (claims?.sub !== user.id)
    throw projectIsAway(new Error('the project gave a token that SUPABASE_ISSUER and its own keys do not prove'));
  return claims;
}

/** Ends a session of the project that is not to be used. It stays ended here whether or not that works. */
async function endAtProject(call: Call, project: Project, { access_token: token }: ProjectSession): Promise<void> {
  await tell(project, '/logout?scope=local', { method: 'POST', token, address: call.address }).catch((error: unknown) =>
    call.deps.log.warn({ err: error }, 'a session could not be ended at the Supabase project'),
  );
}
