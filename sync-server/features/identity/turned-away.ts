/** Accounts, existing or not, for which there was no room a moment ago, in this process. */
export type TurnedAway = { add(key: string): void; has(key: string): boolean };

/** Remembers each for `rememberMs`, and at most `most` of them: the oldest make room. */
export function createTurnedAway({ rememberMs = 60_000, most = 50_000 } = {}): TurnedAway {
  const until = new Map<string, number>();
  return {
    add(key) {
      // Anew at the end, so that the first is always the oldest.
      until.delete(key);
      until.set(key, performance.now() + rememberMs);
      const [oldest] = until.keys();
      if (until.size > most && oldest !== undefined) until.delete(oldest);
    },
    has(key) {
      const end = until.get(key);
      if (end === undefined) return false;
      if (end > performance.now()) return true;
      until.delete(key);
      return false;
    },
  };
}
