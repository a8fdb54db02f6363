import { expect, test } from 'vitest';
import { noteText } from './documents.ts';
import { median, percentile, rounded } from './statistics.ts';

test('percentiles are values that were measured, by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile(hundred, 1)]).toEqual([50, 99, 100]);
  expect(median([9, 1, 5])).toBe(5);
  expect(median([7])).toBe(7);
  expect(() => median([])).toThrow(/no values/);
  expect(rounded(1.25049, 3)).toBe(1.25);
});

test('a note is the same in every run, and no two begin alike', () => {
  expect(noteText(7)).toEqual(noteText(7));
  const beginnings = new Set(Array.from({ length: 1000 }, (_, at) => noteText(at).body.slice(0, 40)));
  expect(beginnings.size).toBeGreaterThan(990);
  expect(noteText(3).body).toHaveLength(161);
});
