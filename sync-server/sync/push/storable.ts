/** Deeper than any value of our tables; a walk down from here must run out of nobody's stack, ours or Postgres'. */
const deepest = 32;

/**
 * The same value as Postgres can keep it, in texts and names: without NUL and without half a character (a lone surrogate).
 * Both come out of broken files and clipboards, and one of them must not make a whole queue impossible to send. What lies
 * deeper than any row of ours is left out. A value that can be kept as it is, as nearly all can, is not copied.
 */
export const storable = (value: unknown): unknown => (isStorable(value, 0) ? value : clean(value, 0));

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isClean(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === deepest) return false;
  if (Array.isArray(value)) return value.every((one) => isStorable(one, depth + 1));
  for (const key in value) {
    if (!isClean(key) || !isStorable((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return null;
  if (Array.isArray(value)) return value.map((one) => clean(one, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [cleanText(key), clean(one, depth + 1)]));
}

/** True where `storable` had to leave something out. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === deepest || Object.values(value).some((one) => isTooDeep(one, depth + 1));
}

const isClean = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
const cleanText = (text: string): string => text.replaceAll('\0', '').toWellFormed();
