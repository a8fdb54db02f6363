import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { Pool } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { Order } from './hash-gate.ts';

/** Who tries to sign in, as far as counting needs it. `device`: the id the device gives itself, null where it names none. */
export type Attempt = { email: string; address: string; device?: string | null };
export type Standing = {
  locked: boolean;
  /**
   * `known`: this account signed in from this address or device before; it is served ahead of strangers and not stopped by its
   * neighbours. `tried`: somebody failed at this account lately, whether it exists or not.
   */
  order: Order;
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
/** What a right password is remembered by: the account at this address, and on this device. */
const historyKeys = ({ email, address, device }: Attempt): string[] => [
  keyOf('pair', email, address),
  ...(device ? [keyOf('device', email, device)] : []),
];

/**
 * Behind a proxy that is not declared, everybody comes from this machine itself; stopping that address would stop all of
 * them, so it is never counted. `TRUSTED_PROXIES` brings the real addresses back.
 */
const isShared = (address: string): boolean =>
  /^(::ffff:)?127\./.test(address) || address === '::1' || isIP(address) === 0;

export async function readStanding(server: Pool, attempt: Attempt, now: Date): Promise<Standing> {
  const { rows } = await server.query<{ key: string; locked: boolean; known: boolean; tried: boolean }>({
    name: 'sign-in-standing',
    text: `select key, coalesce(locked_until > $2, false) as locked, coalesce(succeeded_at > $2::timestamptz - $3::interval, false) as known,
             (failures > 0 or locks > 0) and window_started_at > $2::timestamptz - interval '15 minutes' as tried
           from sign_in_attempts where key = any($1)`,
    values: [[accountKey(attempt), addressKey(attempt), ...historyKeys(attempt)], now, pairMemory],
  });
  const account = rows.find(({ key }) => key === accountKey(attempt));
  const address = rows.find(({ key }) => key === addressKey(attempt));
  const known = rows.some((row) => row.known);
  const addressLocked = !isShared(attempt.address) && !known && (address?.locked ?? false);
  return {
    order: known ? 'known' : account?.tried ? 'tried' : 'fresh',
    locked: addressLocked || (account?.locked ?? false),
  };
}

/**
 * Counts a wrong try. The same statement runs for an address that exists and one that does not. A second lock within a day
 * lasts twice as long, up to a day.
 */
export async function recordFailure(
  { server, serverKey }: Pick<Deps, 'server' | 'serverKey'>,
  attempt: Attempt,
  now: Date,
): Promise<void> {
  await server.query({
    name: 'sign-in-failure',
    text: 'select server_count_sign_in_failure($1, $2, $3, $4, $5, $6, $7)',
    values: [
      serverKey,
      attempt.email,
      accountKey(attempt),
      accountLimit,
      isShared(attempt.address) ? null : addressKey(attempt),
      addressLimit,
      now,
    ],
  });
}

/** A right password clears the account's count and remembers that this person signs in from this address, on this device. */
export async function recordSuccess(server: Pool, attempt: Attempt, now: Date): Promise<void> {
  await server.query('update sign_in_attempts set failures = 0, locks = 0 where key = $1', [accountKey(attempt)]);
  await server.query(
    `insert into sign_in_attempts (key, window_started_at, succeeded_at)
     select key, $2, $2 from unnest($1::text[]) as key order by key
     on conflict (key) do update set succeeded_at = excluded.succeeded_at`,
    [historyKeys(attempt), now],
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
