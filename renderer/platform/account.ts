import { z } from 'zod';
import { authUserSchema, type AuthUser } from '#contract/api/gotrue.ts';
import { anonKey, deviceHeaders, type AuthErrorCode } from '#contract/api/identity.ts';
import { enrolledFactorSchema, raisedSessionSchema, recoveryCodesSchema } from '#contract/api/second-factor.ts';
import { ask, jsonOf } from './answers.ts';
import { authCodeOf } from './auth-fetch.ts';
import { NetworkError, SessionExpiredError } from './errors.ts';
import type { Connection } from './session.ts';

export type AccountFault = 'network' | 'expired' | AuthErrorCode;
export type AccountAnswer<T> = { ok: true; value: T } | { ok: false; fault: AccountFault };
export type Account = Pick<AuthUser, 'email' | 'new_email' | 'factors'>;
export type EnrolledApp = z.infer<typeof enrolledFactorSchema>;

type Line = Pick<Connection, 'fetch' | 'serverUrl' | 'deviceId' | 'accessToken' | 'takeTokens'>;
const challengeSchema = z.object({ id: z.uuid() });
const anything = z.unknown();

/** One call about the own account. Never queued: the answer is needed on the spot. */
async function call<T>(
  line: Line,
  schema: z.ZodType<T>,
  method: string,
  path: string,
  body?: unknown,
): Promise<AccountAnswer<T>> {
  try {
    const response = await ask(line.fetch, `${line.serverUrl}/auth/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await line.accessToken()}`,
        apikey: anonKey,
        'content-type': 'application/json',
        [deviceHeaders.id]: line.deviceId,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) return { ok: false, fault: (await authCodeOf(response)) ?? 'network' };
    return { ok: true, value: schema.parse(await jsonOf(response)) };
  } catch (failure) {
    if (failure instanceof NetworkError) return { ok: false, fault: 'network' };
    if (failure instanceof SessionExpiredError) return { ok: false, fault: 'expired' };
    throw failure;
  }
}

export const readAccount = (line: Line): Promise<AccountAnswer<Account>> => call(line, authUserSchema, 'GET', 'user');

/** Asks for another address; it takes effect when both mailboxes have said yes. */
export const askForEmail = (line: Line, email: string): Promise<AccountAnswer<Account>> =>
  call(line, authUserSchema, 'PUT', 'user', { email });

/** Starts setting up an authenticator app; what was begun before and never finished goes first. */
export async function enrolApp(line: Line): Promise<AccountAnswer<EnrolledApp>> {
  const account = await readAccount(line);
  if (!account.ok) return account;
  for (const { id, status } of account.value.factors ?? [])
    if (status === 'unverified') await call(line, anything, 'DELETE', `factors/${id}`);
  return call(line, enrolledFactorSchema, 'POST', 'factors', { factor_type: 'totp' });
}

/** Gives the code of an app; this session rises and goes on with new tokens. */
export async function giveAppCode(line: Line, factorId: string, code: string): Promise<AccountAnswer<null>> {
  const challenge = await call(line, challengeSchema, 'POST', `factors/${factorId}/challenge`, {});
  if (!challenge.ok) return challenge;
  const answer = { challenge_id: challenge.value.id, code: code.replace(/[\s-]/g, '') };
  const raised = await call(line, raisedSessionSchema, 'POST', `factors/${factorId}/verify`, answer);
  if (!raised.ok) return raised;
  await line.takeTokens(raised.value);
  return { ok: true, value: null };
}

/** A set of recovery codes, in place of the one there was. */
export async function makeRecoveryCodes(line: Line): Promise<AccountAnswer<string[]>> {
  const made = await call(line, recoveryCodesSchema, 'POST', 'factors/recovery-codes');
  const replaced =
    !made.ok && made.fault === 'mfa_verified_factor_exists'
      ? await call(line, recoveryCodesSchema, 'POST', 'factors/recovery-codes/regenerate')
      : made;
  return replaced.ok ? { ok: true, value: replaced.value.codes } : replaced;
}

/** Takes the authenticator apps and the codes away; sign-in asks for the password alone from then on. */
export async function removeFactors(line: Line, factors: readonly { id: string; factor_type: string }[]) {
  if (factors.some(({ factor_type }) => factor_type === 'recovery_code'))
    await call(line, anything, 'DELETE', 'factors/recovery-codes');
  for (const { id, factor_type } of factors) {
    if (factor_type !== 'totp') continue;
    const removed = await call(line, anything, 'DELETE', `factors/${id}`);
    if (!removed.ok) return removed;
  }
  return { ok: true as const, value: null };
}

/** Asks for a mail with a set-password link; the answer never says whether there is such an account. */
export async function requestRecovery(
  fetcher: typeof fetch,
  serverUrl: string,
  email: string,
): Promise<'sent' | AccountFault> {
  try {
    const response = await ask(fetcher, `${serverUrl}/auth/v1/recover`, {
      method: 'POST',
      headers: { apikey: anonKey, 'content-type': 'application/json' },
      body: JSON.stringify({ email: email.trim() }),
    });
    return response.ok ? 'sent' : ((await authCodeOf(response)) ?? 'network');
  } catch (failure) {
    if (failure instanceof NetworkError) return 'network';
    throw failure;
  }
}
