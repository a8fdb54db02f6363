/** Minor units of one whole unit; every currency the company may choose has two decimals. */
const minorPerUnit = 100;

/**
 * A fee in parts: whole currency units, each floored, the remainder on the first; fewer parts where one would be 0
 * (decisions, workflows 0.6). All amounts are minor units.
 */
export function splitFee(total: number, parts: number): number[] {
  if (!Number.isInteger(total) || total < 0) throw new RangeError(`not an amount in minor units: ${total}`);
  if (!Number.isInteger(parts) || parts < 1) throw new RangeError(`not a number of parts: ${parts}`);
  if (total === 0) return [];
  const units = Math.floor(total / minorPerUnit);
  const count = Math.max(1, Math.min(parts, units));
  const each = Math.floor(units / count) * minorPerUnit;
  return [total - each * (count - 1), ...Array<number>(count - 1).fill(each)];
}

/** A percentage of an amount, half up to the minor unit. */
export const percentOf = (amount: number, percent: number): number => Math.floor((amount * percent) / 100 + 0.5);

/** A discount of one kind; `value` is minor units or percent. */
export type Discount = { type: 'fixed' | 'percentage'; value: number };

/** What is left of a price, never below 0. */
export const discounted = (price: number, discount: Discount | null): number =>
  discount === null
    ? price
    : Math.max(0, price - (discount.type === 'fixed' ? discount.value : percentOf(price, discount.value)));

/** The share of a price that a discount takes off, in percent; what an enrolment manager's limit is compared with. */
export const discountPercent = (price: number, discount: Discount): number =>
  discount.type === 'percentage' ? discount.value : price === 0 ? 0 : (discount.value / price) * 100;
