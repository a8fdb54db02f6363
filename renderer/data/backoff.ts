/** Retries of a write the server could not take: 2 s, doubling to 5 min. */
export const writeBackoff = { first: 2_000, most: 300_000 } as const;
/**
 * The same where nobody answered: the server may well have done the work, and then the next try is all it takes. Doubling from so
 * little, a server that is down hears of it five times in its first two seconds and no more often than others afterwards.
 */
export const unansweredBackoff = { first: 100, most: 300_000 } as const;
/** Retries of the connection: sooner, because a person waits for it; *Try now* is always there. */
export const linkBackoff = { first: 1_000, most: 15_000 } as const;

/** Nobody is believed who asks for a longer rest than this. */
const longestAskedMs = 600_000;

/**
 * The same where the server asked for `retryAfter` seconds: never sooner, and spread by half of it, since whoever it turned away
 * at one moment was told the same.
 */
export function restAfter(
  tries: number,
  bounds: { first: number; most: number },
  retryAfter: number | null,
  random: () => number = Math.random,
): number {
  const asked = Math.min((retryAfter ?? 0) * 1000, longestAskedMs);
  return Math.max(backoff(tries, bounds, random), Math.round(asked * (1 + random() / 2)));
}

/** Milliseconds before try number `tries` + 1, spread by half so that devices cut off together do not come back together. */
export function backoff(
  tries: number,
  bounds: { first: number; most: number },
  random: () => number = Math.random,
): number {
  const whole = Math.min(bounds.most, bounds.first * 2 ** Math.min(tries, 20));
  return Math.round(whole / 2 + (whole / 2) * random());
}
