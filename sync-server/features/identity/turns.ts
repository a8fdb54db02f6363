import { AppError } from '../../http/errors.ts';

export type Turns = { take<T>(key: string, work: () => Promise<T>): Promise<T> };

/** Lets callers with the same key go one after the other; a line longer than `longest` is turned away. */
export function createTurns(longest: number): Turns {
  const lines = new Map<string, { last: Promise<unknown>; length: number }>();

  return {
    async take(key, work) {
      const line = lines.get(key) ?? { last: Promise.resolve(), length: 0 };
      if (line.length >= longest) throw new AppError('UNAVAILABLE', { retryAfter: 2 });
      line.length++;
      lines.set(key, line);
      const turn = line.last.then(work);
      // Whoever is next waits for the end of this turn, not for its success.
      line.last = turn.catch(() => undefined);
      try {
        return await turn;
      } finally {
        if (--line.length === 0) lines.delete(key);
      }
    },
  };
}
