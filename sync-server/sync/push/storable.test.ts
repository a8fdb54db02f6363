import { describe, expect, test } from 'vitest';
import { isTooDeep, storable } from './storable.ts';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('what Postgres can keep', () => {
  test('is kept as it is', () => {
    const value = { text: 'Ü 😀 \t\n', list: [1, null, true, { deep: 'x' }], none: null };
    expect(storable(value)).toEqual(value);
    expect(isTooDeep(value)).toBe(false);
  });

  test('loses NUL and half characters, in texts and in names', () => {
    expect(storable({ 'a\0b': ['c\0d', 'half \ud83d'] })).toEqual({ ab: ['cd', 'half \ufffd'] });
  });

  test('ends where no row of ours goes on, however deep it was', () => {
    expect(isTooDeep(nested(32))).toBe(false);
    expect(isTooDeep(nested(33))).toBe(true);
    expect(isTooDeep(nested(100_000))).toBe(true);
    expect(JSON.stringify(storable(nested(100_000)))).toBe(`${'['.repeat(32)}null${']'.repeat(32)}`);
  });
});
