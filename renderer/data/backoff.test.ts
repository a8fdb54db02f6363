import { describe, expect, it } from 'vitest';
import { backoff, linkBackoff, restAfter, writeBackoff } from './backoff.ts';

const spread = [0, 0.25, 0.5, 0.75, 0.999];

describe('how long a device waits before it tries again', () => {
  it('doubles up to a bound and is spread by half', () => {
    const whole = [0, 1, 2, 3, 4, 20, 1000].map((tries) => backoff(tries, linkBackoff, () => 1));
    expect(whole).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    for (const random of spread) {
      const wait = backoff(3, writeBackoff, () => random);
      expect(wait).toBeGreaterThanOrEqual(8000);
      expect(wait).toBeLessThan(16_000);
    }
  });

  it('is never shorter than the server asked, and differs between devices that were told the same', () => {
    const waits = spread.map((random) => restAfter(0, linkBackoff, 20, () => random));
    expect(Math.min(...waits)).toBe(20_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    expect(new Set(waits).size).toBe(spread.length);
  });

  it('is its own where the server asks for nothing, for less, or for something absurd', () => {
    expect(restAfter(4, linkBackoff, null, () => 0.5)).toBe(backoff(4, linkBackoff, () => 0.5));
    expect(restAfter(4, linkBackoff, 1, () => 0.5)).toBe(backoff(4, linkBackoff, () => 0.5));
    expect(restAfter(0, linkBackoff, 86_400, () => 0)).toBe(600_000);
  });
});
