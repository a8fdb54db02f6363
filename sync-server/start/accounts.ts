import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** A person whom the terminal names, so that one can look at the product through each role's eyes. */
export type Account = { role: string; email: string; password: string };

/** Easy to read aloud and to type: no letters that look like others. 18 of 31 signs are 89 bits. */
export function randomPassword(): string {
  const signs = 'abcdefghjkmnpqrstuvwxyz23456789';
  const group = () => Array.from({ length: 6 }, () => signs[randomInt(signs.length)]).join('');
  return [group(), group(), group()].join('-');
}

/** The file appears when the academy is complete, so it also tells a finished first run from one that was killed. */
export function keepAccounts(file: string, accounts: Account[]): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The accounts of this data folder, undefined before its first run is complete. */
export function readAccounts(file: string): Account[] | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Account[]) : undefined;
}
