import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { Pool } from '../../db/sql.ts';

/** Who tries to sign in, as far as counting needs it. */
export type Attempt = { email: string; address: string };
export type Standing = {
  locked: boolean;
  /** This account signed in from this address before: it is served ahead of strangers and not stopped by its neighbours. */
  known: boolean;
};

/** Wrong tries until sign-in pauses (workflows 3.1), counted for 15 minutes. */
const accountLimit = 5;
const addressLimit = 20;
const pairMemory = '30 days';

const keyOf = (kind: string, ...parts: string[]): string =>
  createHash('sha256')
    .update([kind, ...parts].join('\n'))
    .digest('hex');
const accountKey = ({ email }: Attempt): string => keyOf('account', email);
const addressKey = ({ address }: Attempt): string => keyOf('address', address);
const pairKey = ({ email, address }: Attempt): string => keyOf('pair', email, address);

/**
 * Behind a proxy that is not declared, everybody comes from this machine itself; stopping that address would stop all of
 * them, so it is never counted. `TRUSTED_PROXIES` brings the real addresses back.
 */
const isShared = (address: string): boolean =>
  /^(::ffff:)?127\./.test(address) || address === '::1' || isIP(address) === 0;

export async function readStanding(server: Pool, attempt: Attempt, now: Date): Promise<Standing> {
  const { rows } = await server.query<{ key: string; locked: boolean; known: boolean }>({
    name: 'sign-in-standing',
    text: `select key, coalesce(locked_until > $2, false) as locked, coalesce(succeeded_at > $2::timestamptz - $3::interval, false) as known
           from sign_in_attempts where key = any($1)`,
    values: [[accountKey(attempt), addressKey(attempt), pairKey(attempt)], now, pairMemory],
  });
  const find = (key: string) => rows.find((row) => row.key === key);
  const known = find(pairKey(attempt))?.known ?? false;
  const addressLocked = !isShared(attempt.address) && !known && (find(addressKey(attempt))?.locked ?? false);
  return { known, locked: addressLocked || (find(accountKey(attempt))?.locked ?? false) };
}

/**
 * Counts a wrong try. The same statements run for an address that exists and one that does not. A second lock within a day
 * lasts twice as long, up to a day.
 */
export async function recordFailure(server: Pool, attempt: Attempt, now: Date): Promise<void> {
  const address = isShared(attempt.address) ? [] : [{ key: addressKey(attempt), limit: addressLimit }];
  const counted = [{ key: accountKey(attempt), limit: accountLimit }, ...address];
  await server.query(
    `insert into sign_in_attempts as a (key, failures, window_started_at)
     select key, 1, $2 from unnest($1::text[]) as key order by key
     on conflict (key) do update set
       failures = case when a.window_started_at > $2::timestamptz - interval '15 minutes' then a.failures + 1 else 1 end,
       window_started_at = case when a.window_started_at > $2::timestamptz - interval '15 minutes' then a.window_started_at else $2 end`,
    [counted.map(({ key }) => key), now],
  );
  await server.query(
    `update sign_in_attempts a set
       failures = 0,
       locks = case when a.locked_until > $3::timestamptz - interval '1 day' then least(a.locks + 1, 7) else 1 end,
       locked_until = $3::timestamptz + least(interval '1 day', interval '15 minutes'
         * (2 ^ case when a.locked_until > $3::timestamptz - interval '1 day' then least(a.locks, 7) else 0 end))
     from unnest($1::text[], $2::int[]) as given(key, allowed)
     where a.key = given.key and a.failures >= given.allowed`,
    [counted.map(({ key }) => key), counted.map(({ limit }) => limit), now],
  );
  await server.query(
    `with person as (select id from users where email = $1)
     insert into user_security_summary as s (user_id, failed_login_attempts, last_failed_login_at, locked_until)
     select id, 1, $3, (select locked_until from sign_in_attempts where key = $2) from person
     on conflict (user_id) do update set failed_login_attempts = s.failed_login_attempts + 1,
       last_failed_login_at = excluded.last_failed_login_at, locked_until = excluded.locked_until`,
    [attempt.email, accountKey(attempt), now],
  );
}

/** A right password clears the account's count and remembers that this person signs in from this address. */
export async function recordSuccess(server: Pool, attempt: Attempt, now: Date): Promise<void> {
  await server.query('update sign_in_attempts set failures = 0, locks = 0 where key = $1', [accountKey(attempt)]);
  await server.query(
    `insert into sign_in_attempts (key, window_started_at, succeeded_at) values ($1, $2, $2)
     on conflict (key) do update set succeeded_at = excluded.succeeded_at`,
    [pairKey(attempt), now],
  );
}

/** Forgets what no rule reads any more. */
export async function forgetOldAttempts(server: Pool, now: Date): Promise<void> {
  await server.query(
    `delete from sign_in_attempts where window_started_at < $1::timestamptz - interval '2 days'
       and coalesce(locked_until, '-infinity') < $1::timestamptz - interval '1 day'
       and coalesce(succeeded_at, '-infinity') < $1::timestamptz - $2::interval`,
    [now, pairMemory],
  );
}
