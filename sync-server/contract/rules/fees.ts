import type { Discount } from '../api/accounts.ts';
import { percentOf } from './money.ts';

/** What a fee comes to after its discount, never below 0 (workflows 3.4 step 4). Minor units. */
export function feeAfter(base: number, discount: Discount | undefined): number {
  if (!discount) return base;
  const off = discount.type === 'percentage' ? percentOf(base, discount.value) : discount.value;
  return Math.max(0, base - off);
}

/** How much of the fee a discount takes away, in percent of it; what limits are compared with. */
export function discountPercent(base: number, discount: Discount): number {
  if (discount.type === 'percentage') return discount.value;
  return base === 0 ? 0 : (discount.value * 100) / base;
}
