import { expect, test, vi } from 'vitest';
import { createTurnedAway } from './turned-away.ts';

test('names are remembered for a while, and the oldest make room', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const away = createTurnedAway({ rememberMs: 1000, most: 2 });
    for (const name of ['a', 'b', 'a', 'c']) away.add(name);
    expect(['a', 'b', 'c'].filter((name) => away.has(name))).toEqual(['a', 'c']);
    vi.advanceTimersByTime(1001);
    expect(['a', 'c'].filter((name) => away.has(name))).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});
