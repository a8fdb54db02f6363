import { createHash } from 'node:crypto';
import type { Pool } from '../../db/sql.ts';

/** Wrong codes of one person until codes pause, counted for 15 minutes; pauses double within a day. */
const limit = 5;

/** What is guessed at: codes of a second factor (apps and recovery codes together), or codes from a mail. */
export type GuessedAt = 'factor' | 'mail code';

const keyOf = (what: GuessedAt, userId: string): string =>
  createHash('sha256').update(`${what}\n${userId}`).digest('hex');

/** Seconds until codes are taken again, 0 when they are. */
export async function readPause(server: Pool, what: GuessedAt, userId: string, now: Date): Promise<number> {
  const { rows } = await server.query<{ seconds: number }>(
    `select ceil(extract(epoch from locked_until - $2::timestamptz))::int as seconds
     from sign_in_attempts where key = $1 and locked_until > $2`,
    [keyOf(what, userId), now],
  );
  return rows[0]?.seconds ?? 0;
}

/** Counts one try before it is judged, so that many at once cannot all be judged; false when it may not be judged at all. */
export async function takeTry(server: Pool, what: GuessedAt, userId: string, now: Date): Promise<boolean> {
  const { rows } = await server.query<{ failures: number }>(
    `insert into sign_in_attempts as a (key, failures, window_started_at) values ($1, 1, $2)
     on conflict (key) do update set
       failures = case when a.window_started_at > $2::timestamptz - interval '15 minutes' then a.failures + 1 else 1 end,
       window_started_at = case when a.window_started_at > $2::timestamptz - interval '15 minutes' then a.window_started_at else $2 end
     where coalesce(a.locked_until, '-infinity') <= $2
     returning failures`,
    [keyOf(what, userId), now],
  );
  return rows[0] !== undefined && rows[0].failures <= limit;
}

/** After a wrong code: closes for a while when it was the last allowed one. */
export async function recordWrongCode(server: Pool, what: GuessedAt, userId: string, now: Date): Promise<void> {
  await server.query(
    `update sign_in_attempts a set
       failures = 0,
       locks = case when a.locked_until > $2::timestamptz - interval '1 day' then least(a.locks + 1, 7) else 1 end,
       locked_until = $2::timestamptz + least(interval '1 day', interval '15 minutes'
         * (2 ^ case when a.locked_until > $2::timestamptz - interval '1 day' then least(a.locks, 7) else 0 end))
     where a.key = $1 and a.failures >= $3`,
    [keyOf(what, userId), now, limit],
  );
}

/** A right code, or a factor set up anew, starts the count again. */
export async function recordRightCode(server: Pool, what: GuessedAt, userId: string): Promise<void> {
  await server.query('update sign_in_attempts set failures = 0, locks = 0, locked_until = null where key = $1', [
    keyOf(what, userId),
  ]);
}
