import { expect, test } from 'vitest';
import { readConfig } from '../../config.ts';
import { publicUrl, safeRedirect } from './site.ts';

const config = readConfig({ DATABASE_URL: 'postgres://x@localhost/x', PUBLIC_URL: 'https://learn.example.test' });
const home = 'https://learn.example.test/';

test.each([
  ['https://learn.example.test/set-password?x=1', 'https://learn.example.test/set-password?x=1'],
  ['https://learn.example.test/#/deep', 'https://learn.example.test/'],
  ['growthos://set-password', 'growthos://set-password'],
  ['app://growthos/index.html', 'app://growthos/index.html'],
])('%s is our own', (wanted, target) => {
  expect(safeRedirect(config, wanted)).toBe(target);
});

test.each([
  undefined,
  '',
  'not a url',
  '/relative',
  'https://evil.example',
  'https://learn.example.test.evil.example',
  'https://user@learn.example.test/',
  'http://learn.example.test/',
  'javascript:alert(1)',
  'app://growthos.evil/',
  'data:text/html,x',
])('%s leads home', (wanted) => {
  expect(safeRedirect(config, wanted)).toBe(home);
});

test('without a public address it is the one the server listens on', () => {
  expect(publicUrl(readConfig({ DATABASE_URL: 'postgres://x@localhost/x', PORT: '9000' }))).toBe(
    'http://127.0.0.1:9000',
  );
});
