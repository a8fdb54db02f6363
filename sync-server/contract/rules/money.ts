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

/** An amount as people read it, `PKR 3,334.00`; the same words in every language, because mails and PDFs are written once. */
export const formatMoney = (amount: number, currency: string): string =>
  `${currency} ${(amount / minorPerUnit).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
