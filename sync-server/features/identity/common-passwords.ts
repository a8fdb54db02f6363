import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Read once, when the program starts: about 18,000 lines. */
const listed: ReadonlySet<string> = new Set(
  readFileSync(path.join(import.meta.dirname, 'common-passwords.txt'), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('# ')),
);

/**
 * Whether a password leads the lists of leaked ones, in any case, or is such a one with a few digits or a sign at its end, which
 * is what guessing programs try next. Shorter ones fall to the length rule before.
 */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase();
  return listed.has(lower) || listed.has(lower.replace(/[\d!@#$%&*?._-]{1,4}$/, ''));
}
