import { expect } from 'vitest';
import { fc, test } from '@fast-check/vitest';
import { formatMoney, percentOf, splitFee } from './money.ts';

test('the split of workflows 2.5', () => {
  expect(splitFee(1_000_000, 3)).toEqual([333_400, 333_300, 333_300]);
  expect(splitFee(1_000_050, 3)).toEqual([333_450, 333_300, 333_300]);
  expect(splitFee(10_000_000, 3)).toEqual([3_333_400, 3_333_300, 3_333_300]);
});

test('fewer parts where one would be nothing, and none of nothing', () => {
  expect(splitFee(200, 3)).toEqual([100, 100]);
  expect(splitFee(50, 3)).toEqual([50]);
  expect(splitFee(0, 3)).toEqual([]);
});

test.prop([fc.nat(1_000_000_000), fc.integer({ min: 1, max: 12 })])(
  'the parts sum to the fee, only the first is uneven, and none is empty',
  (total, parts) => {
    const split = splitFee(total, parts);
    expect(split.reduce((sum, part) => sum + part, 0)).toBe(total);
    expect(split.length).toBeLessThanOrEqual(parts);
    for (const part of split) expect(part).toBeGreaterThan(0);
    for (const part of split.slice(1)) expect(part % 100).toBe(0);
    expect(new Set(split.slice(1)).size).toBeLessThanOrEqual(1);
  },
);

test('a percentage rounds half up to the minor unit', () => {
  expect(percentOf(1_000_000, 25)).toBe(250_000);
  expect(percentOf(1, 50)).toBe(1);
  expect(percentOf(999, 10)).toBe(100);
});

test('an amount in words', () => {
  expect(formatMoney(333_400, 'PKR')).toBe('PKR 3,334.00');
  expect(formatMoney(5, 'USD')).toBe('USD 0.05');
});
