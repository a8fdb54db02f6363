import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

const at = (ms: number): Date => new Date(1_700_000_000_000 + ms);

test('the limit may be spent at once, and then waits', () => {
  const limit = createRateLimit(60);
  for (let i = 0; i < 60; i++) expect(limit.take('a', at(0))).toBe(0);
  expect(limit.take('a', at(0))).toBe(1);
  expect(limit.take('b', at(0))).toBe(0);
  expect(limit.take('a', at(1000))).toBe(0);
});

test.prop([fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 400 })])(
  'never more than twice the limit in any window, and waiting as told always helps',
  (gaps) => {
    const limit = createRateLimit(10, 60_000);
    const taken: number[] = [];
    let time = 0;
    for (const gap of gaps) {
      time += gap;
      const wait = limit.take('a', at(time));
      if (wait === 0) taken.push(time);
      else expect(limit.take('a', at(time + wait * 1000))).toBe(0);
      if (wait > 0) taken.push((time += wait * 1000));
    }
    for (const start of taken)
      expect(taken.filter((t) => t >= start && t < start + 60_000).length).toBeLessThanOrEqual(20);
  },
);
