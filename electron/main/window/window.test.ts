import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileUnder } from './app-protocol.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { externalUrl } from './external-url.ts';
import { isOwnAddress } from './origin.ts';
import { rangeHead, readRange } from './serve-range.ts';

describe('externalUrl', () => {
  test.each(['https://falcon.academy/help', 'mailto:help@falcon.academy'])('%s may be opened', (url) =>
    expect(externalUrl(url)).not.toBeNull(),
  );
  test.each([
    'http://falcon.academy',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'smb://host/share',
    '\\\\host\\share',
    'ms-msdt:/id',
    'https://falcon.academy@evil.example/',
    'https://',
    'growthos://lesson/1',
    `https://a.example/${'x'.repeat(3000)}`,
    '',
  ])('%s may not', (url) => expect(externalUrl(url)).toBeNull());
});

describe('isOwnAddress', () => {
  test('only the exact origin is ours', () => {
    expect(isOwnAddress('app://growthos/index.html#/home')).toBe(true);
    for (const other of [
      'app://growthos.evil/',
      'app://evil/',
      'https://growthos/',
      'app:growthos',
      'app://growthos:1/',
    ])
      expect(isOwnAddress(other), other).toBe(false);
  });
});

describe('fileUnder', () => {
  const root = '/srv/app';
  test('a file inside the folder is found', () =>
    expect(fileUnder(root, '/assets/a%20b.js')).toBe(path.join(root, 'assets/a b.js')));
  test.each(['/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..\\..\\etc', '/a%00.js', '/%zz', '/'])(
    '%s never leaves it',
    (pathname) => {
      const file = fileUnder(root, pathname);
      if (file !== null) expect(file.startsWith(`${root}/`)).toBe(true);
    },
  );
  test('a folder beside it with the same beginning is not inside', () =>
    expect(fileUnder(root, '/../app-evil/x')).not.toBe('/srv/app-evil/x'));
});

describe('readRange', () => {
  test.each([
    [null, 100, null],
    ['bytes=0-9', 100, { start: 0, end: 9 }],
    ['bytes=90-', 100, { start: 90, end: 99 }],
    ['bytes=-10', 100, { start: 90, end: 99 }],
    ['bytes=-1000', 100, { start: 0, end: 99 }],
    ['bytes=5-1000', 100, { start: 5, end: 99 }],
    ['bytes=100-', 100, 'unsatisfiable'],
    ['bytes=9-5', 100, 'unsatisfiable'],
    ['bytes=-', 100, null],
    ['bytes=0-1,5-6', 100, null],
    ['items=0-1', 100, null],
  ])('%s of %d bytes', (header, size, expected) => expect(readRange(header, size)).toEqual(expected));

  test('a partial answer says which part it is', () => {
    expect(rangeHead('bytes=10-19', 100)).toEqual({
      status: 206,
      range: { start: 10, end: 19 },
      headers: { 'accept-ranges': 'bytes', 'content-length': '10', 'content-range': 'bytes 10-19/100' },
    });
    expect(rangeHead('bytes=200-', 100).status).toBe(416);
  });
});

test('the policy names the server and allows no inline script or eval', () => {
  const policy = contentSecurityPolicy('http://127.0.0.1:4400/path');
  expect(policy).toContain("connect-src 'self' http://127.0.0.1:4400");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe-eval');
});
