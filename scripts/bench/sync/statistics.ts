/** The middle one; of an even number the lower of the two. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The value that this part of them does not exceed (nearest rank). */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * part) - 1));
  const value = sorted[at];
  if (value === undefined) throw new Error('no values to take a percentile of');
  return value;
}

export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;
