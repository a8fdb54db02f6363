import type { Tx } from '../../db/sql.ts';
import { AuthError } from './auth-error.ts';

const unitMs: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, ns: 0.000_001 };
/** A hundred years: more is the same as for ever. */
const longest = 100 * 365.25 * 24 * unitMs['h']!;

/**
 * What `ban_duration` asks for: `none` lifts, `24h` or `1h30m` bans until then. Undefined: nothing is asked. Throws
 * `validation_failed` for anything else.
 */
export function readBan(duration: string | undefined, now: Date): { until: Date | null } | undefined {
  if (duration === undefined) return undefined;
  if (duration === 'none') return { until: null };
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([text]) => text).join('') !== duration)
    throw new AuthError('validation_failed', 'ban_duration is "none" or a duration such as "24h".');
  const ms = parts.reduce((sum, [, number, unit]) => sum + Number(number) * unitMs[unit!]!, 0);
  return { until: new Date(now.getTime() + Math.min(ms, longest)) };
}

/** Lifts a ban whose end has come, when its person knocks; true when the account may be used again. */
export async function liftElapsedBan(tx: Tx, userId: string, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `with ended as (update account_details set banned_until = null where user_id = $1 and banned_until <= $2 returning user_id)
     update users u set login_blocked = false from ended where u.id = ended.user_id and u.login_blocked and u.status = 'active'`,
    [userId, now],
  );
  return rowCount !== 0;
}
