import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthSession } from '#contract/api/gotrue.ts';
import { AppError } from '../../http/errors.ts';
import { AuthError, invalidCredentials } from './auth-error.ts';
import { liftElapsedBan } from './bans.ts';
import type { DeviceIntroduction } from './devices.ts';
import { readStanding, recordFailure, recordSuccess, type Attempt } from './lockout.ts';
import type { Passwords } from './passwords.ts';
import { findAccountToSignIn } from './queries.ts';
import { openSession, type Call } from './sessions.ts';
import { createTurns } from './turns.ts';
import { createTurnedAway } from './turned-away.ts';

/**
 * Refusals leave on a beat after their arrival and never between two. A wrong password, an unknown address, a lock and a lack
 * of room take alike long before they are judged (`HashGate.pass`); what differs by chance, the beat hides. In a rush it is
 * longer than anybody waits for a hash, so that all leave on the first, and a flood cannot come back sooner.
 */
const beatMs = { calm: 250, rush: 1000 };

/** One at a time per account: the sixth of six simultaneous guesses must find the lock that the fifth one closed. */
const turns = createTurns(200);
/** Those who ask for the lock ask in the order they came, so that they stand in line in that order too. */
const arrivals = createTurns(200);
const turnedAway = createTurnedAway();

export type Credentials = { email: string; password: string };

/** Signs in with a password (workflows 3.1). Throws `invalid_credentials` or `user_banned`. */
export async function signIn(...[call, ...rest]: Parameters<typeof tryToSignIn>): Promise<AuthSession> {
  const { signIns } = call.deps.metrics;
  try {
    const session = await tryToSignIn(call, ...rest);
    signIns.inc({ outcome: 'ok' });
    return session;
  } catch (error) {
    signIns.inc({ outcome: outcomeOf(error) });
    throw error;
  }
}

function outcomeOf(error: unknown): 'wrong' | 'blocked' | 'turned_away' | 'failed' {
  if (error instanceof AuthError) return error.code === 'invalid_credentials' ? 'wrong' : 'blocked';
  return error instanceof AppError && error.code === 'UNAVAILABLE' ? 'turned_away' : 'failed';
}

async function tryToSignIn(
  call: Call,
  passwords: Passwords,
  credentials: Credentials,
  device: DeviceIntroduction | null,
): Promise<AuthSession> {
  const started = performance.now();
  const attempt = {
    email: credentials.email.trim().toLowerCase(),
    address: call.address,
    device: device?.id ?? null,
  };
  const refuse = async (refusal: Error): Promise<never> => {
    await waitFor(started, passwords.isBusy() ? beatMs.rush : beatMs.calm);
    throw refusal;
  };
  const account = await judge(call, passwords, attempt, credentials.password).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'UNAVAILABLE') return refuse(error);
    throw error;
  });
  if (!account) return refuse(invalidCredentials());
  // Said only to somebody who knows the password.
  if (account.blocked && !(await liftElapsedBan(call.deps.server, account.id, call.now)))
    throw new AuthError('user_banned', 'This account may not sign in. Ask the academy.', { status: 400 });
  return openSession(call, account, device);
}

/** Until the next multiple of `beat` since `started`. */
const waitFor = (started: number, beat: number): Promise<void> => {
  const passed = performance.now() - started;
  return sleep(Math.ceil(passed / beat) * beat - passed);
};

/** The account whose password this is, or null. A lock that is closed already is answered without waiting for a turn. */
async function judge(call: Call, passwords: Passwords, attempt: Attempt, password: string) {
  const { locked } = await arrivals.take(attempt.email, () => readStanding(call.deps.server, attempt, call.now));
  if (!locked) return turns.take(attempt.email, () => checkPassword(call, passwords, attempt, password));
  await passwords.pass('tried');
  return null;
}

async function checkPassword({ deps, now }: Call, passwords: Passwords, attempt: Attempt, password: string) {
  const { server } = deps;
  // Asked again: those who stood before in the line may have closed the lock.
  const { locked, order } = await readStanding(server, attempt, now);
  if (locked) return null;
  const account = await findAccountToSignIn(server, attempt.email);
  const line = order === 'fresh' && turnedAway.has(attempt.email) ? 'tried' : order;
  const matches = await passwords.verify(account?.password_hash ?? null, password, line).catch((error: unknown) => {
    // A flood that is turned away comes back by the same names; whoever comes for the first time goes before it.
    turnedAway.add(attempt.email);
    throw error;
  });
  if (!account || !matches) {
    await recordFailure(deps, attempt, now);
    return null;
  }
  await recordSuccess(server, attempt, now);
  return account;
}
