import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keepAccounts, randomPassword, readAccounts } from './accounts.ts';
import { provideServiceKey } from './service-key.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'accounts-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => path.join(folder, name);

test('accounts come back as they were kept, readable by their owner alone', () => {
  expect(readAccounts(file('accounts.json'))).toBeUndefined();
  const accounts = [{ role: 'student', email: 'ayesha@example.org', password: randomPassword() }];
  keepAccounts(file('accounts.json'), accounts);
  expect(readAccounts(file('accounts.json'))).toEqual(accounts);
  expect(statSync(file('accounts.json')).mode & 0o777).toBe(0o600);
});

test('passwords differ and are made of signs that are not mistaken for each other', () => {
  const passwords = new Set(Array.from({ length: 200 }, randomPassword));
  expect(passwords.size).toBe(200);
  for (const password of passwords) expect(password).toMatch(/^([a-hjkmnp-z2-9]{6}-){2}[a-hjkmnp-z2-9]{6}$/);
});

test('a service key is made once, kept for its owner alone, and known to the server as a hash', () => {
  const { hash } = provideServiceKey(file('key'));
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(provideServiceKey(file('key')).hash).toBe(hash);
  expect(statSync(file('key')).mode & 0o777).toBe(0o600);
});

test('a file that holds something else is no service key', () => {
  writeFileSync(file('diary'), 'dear diary\n');
  expect(() => provideServiceKey(file('diary'))).toThrow('holds something else');
});
