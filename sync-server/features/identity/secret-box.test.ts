import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSecretBox, openSecretBox } from './secret-box.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'secret-box-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what was sealed is read again in its own place only', () => {
  const box = createSecretBox(randomBytes(32));
  const sealed = box.seal('JBSWY3DP', 'factor 1');
  expect(sealed).not.toContain('JBSWY3DP');
  expect(box.seal('JBSWY3DP', 'factor 1')).not.toBe(sealed);
  expect(box.open(sealed, 'factor 1')).toBe('JBSWY3DP');
  expect(() => box.open(sealed, 'factor 2')).toThrow();
  expect(() => box.open(`${sealed.slice(0, -2)}AA`, 'factor 1')).toThrow();
});

test('another key says so in words', () => {
  const sealed = createSecretBox(randomBytes(32)).seal('x', 'y');
  expect(() => createSecretBox(randomBytes(32)).open(sealed, 'y')).toThrow('SECRETS_KEY');
});

test('without a configured key the folder gets one, once, for its owner alone', () => {
  const config = { SECRETS_KEY: undefined, FILES_DIR: path.join(folder, 'files') };
  const sealed = openSecretBox(config).seal('kept', 'here');
  expect(openSecretBox(config).open(sealed, 'here')).toBe('kept');
  expect(readdirSync(config.FILES_DIR)).toEqual(['secrets.key']);
  expect(statSync(path.join(config.FILES_DIR, 'secrets.key')).mode & 0o777).toBe(0o600);
  expect(() => openSecretBox({ ...config, SECRETS_KEY: 'ab'.repeat(32) }).open(sealed, 'here')).toThrow('SECRETS_KEY');
});

test('a file that holds no key is not written over', () => {
  writeFileSync(path.join(folder, 'secrets.key'), 'something else');
  const box = openSecretBox({ SECRETS_KEY: undefined, FILES_DIR: folder });
  expect(() => box.seal('x', 'y')).toThrow('does not hold a key');
});
