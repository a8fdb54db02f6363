import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthSession } from '#contract/api/gotrue.ts';
import { AppError } from '../../http/errors.ts';
import { AuthError, invalidCredentials } from './auth-error.ts';
import type { DeviceIntroduction } from './devices.ts';
import { readStanding, recordFailure, recordSuccess, type Attempt } from './lockout.ts';
import type { Passwords } from './passwords.ts';
import { findAccountToSignIn } from './queries.ts';
import { openSession, type Call } from './sessions.ts';
import { createTurns } from './turns.ts';

/**
 * No refusal comes sooner than this. A hash takes about 60 ms and a lock needs none, so under this floor a wrong password,
 * an unknown address and a lock look alike from outside.
 */
const refusalFloorMs = 250;

/** Being turned away for lack of room takes this long, so that a flood cannot fill every free place by coming back at once. */
const busyMs = 1000;

/** One at a time per account: the sixth of six simultaneous guesses must find the lock that the fifth one closed. */
const turns = createTurns(20);

export type Credentials = { email: string; password: string };

/** Signs in with a password (workflows 3.1). Throws `invalid_credentials` or `user_banned`. */
export async function signIn(
  call: Call,
  passwords: Passwords,
  credentials: Credentials,
  device: DeviceIntroduction | null,
): Promise<AuthSession> {
  const started = performance.now();
  const attempt = { email: credentials.email.trim().toLowerCase(), address: call.address };
  const account = await turns
    .take(attempt.email, () => checkPassword(call, passwords, attempt, credentials.password))
    .catch(async (error: unknown) => {
      if (error instanceof AppError && error.code === 'UNAVAILABLE') await sleep(busyMs);
      throw error;
    });
  if (!account) {
    await sleep(Math.max(0, refusalFloorMs - (performance.now() - started)));
    throw invalidCredentials();
  }
  // Said only to somebody who knows the password.
  if (account.blocked) throw new AuthError('user_banned', 'This account may not sign in. Ask the academy.');
  return openSession(call, account, device);
}

async function checkPassword({ deps, now }: Call, passwords: Passwords, attempt: Attempt, password: string) {
  const { server } = deps;
  const standing = await readStanding(server, attempt, now);
  if (standing.locked) return null;
  const account = await findAccountToSignIn(server, attempt.email);
  const matches = await passwords.verify(account?.password_hash ?? null, password, standing.known);
  if (!account || !matches) {
    await recordFailure(server, attempt, now);
    return null;
  }
  await recordSuccess(server, attempt, now);
  return account;
}
