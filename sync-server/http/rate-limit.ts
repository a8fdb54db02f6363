/** Counts per key inside a sliding minute, in this process; enough to stop a runaway client, no accounting. */
export type RateLimit = {
  /** Seconds to wait, 0 when the call may go on. */
  take(key: string, now: Date): number;
};

/** At most `limit` calls in any `windowMs`, refilled evenly (a leaky bucket, so no burst at a window's edge). */
export function createRateLimit(limit: number, windowMs = 60_000): RateLimit {
  const perCall = windowMs / limit;
  /** When the key's bucket will be empty again, in ms. */
  const emptyAt = new Map<string, number>();

  return {
    take(key, now) {
      const time = now.getTime();
      if (emptyAt.size > 10_000) for (const [other, until] of emptyAt) if (until <= time) emptyAt.delete(other);
      const until = Math.max(emptyAt.get(key) ?? 0, time) + perCall;
      if (until - time > windowMs) return Math.ceil((until - time - windowMs) / 1000) || 1;
      emptyAt.set(key, until);
      return 0;
    },
  };
}
