import { expect, test } from 'vitest';
import { discountPercent, feeAfter } from './fees.ts';

test('a discount is fixed or a percentage, rounded half up, and never makes a fee negative', () => {
  expect(feeAfter(300_000, undefined)).toBe(300_000);
  expect(feeAfter(300_000, { type: 'fixed', value: 50_000 })).toBe(250_000);
  expect(feeAfter(300_001, { type: 'percentage', value: 50 })).toBe(150_000);
  expect(feeAfter(300_000, { type: 'percentage', value: 100 })).toBe(0);
  expect(feeAfter(300_000, { type: 'fixed', value: 400_000 })).toBe(0);
});

test('a fixed discount is compared with a limit by its share of the fee', () => {
  expect(discountPercent(200_000, { type: 'fixed', value: 50_000 })).toBe(25);
  expect(discountPercent(200_000, { type: 'percentage', value: 7 })).toBe(7);
  expect(discountPercent(0, { type: 'fixed', value: 1 })).toBe(0);
});
