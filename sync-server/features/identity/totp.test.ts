import { expect, test } from 'vitest';
import { fromBase32, matchTotp, stepAt, toBase32, totpCode, totpUri } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('second %i of the RFC gives %s', (second, code) => {
  const now = new Date(second * 1000);
  expect(totpCode(secret, stepAt(now), 8)).toBe(code);
  expect(matchTotp(secret, code.slice(2), now)).toBe(stepAt(now));
});

test('the neighbouring steps are taken and named, those beyond are not', () => {
  const now = new Date(1_700_000_000_000);
  const step = stepAt(now);
  for (const [offset, expected] of [
    [-2, null],
    [-1, step - 1],
    [0, step],
    [1, step + 1],
    [2, null],
  ] as const)
    expect(matchTotp(secret, totpCode(secret, step + offset), now)).toBe(expected);
});

test('anything but six digits is no code; spaces are none of it', () => {
  const now = new Date(1_700_000_000_000);
  const code = totpCode(secret, stepAt(now));
  expect(matchTotp(secret, `${code.slice(0, 3)} ${code.slice(3)}`, now)).toBe(stepAt(now));
  for (const wrong of ['', code.slice(1), `${code}0`, '１２３４５６', 'abcdef'])
    expect(matchTotp(secret, wrong, now)).toBeNull();
});

test('base32 is that of RFC 4648, and read back', () => {
  expect(toBase32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
  expect(toBase32(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(fromBase32(toBase32(secret))).toEqual(secret);
});

test('the address names account and issuer without a bare space or plus sign', () => {
  const uri = totpUri({ issuer: 'Falcon Academy', account: 'sana+x@example.test', secret: 'ABC' });
  expect(uri).toBe(
    'otpauth://totp/Falcon%20Academy:sana%2Bx%40example.test?secret=ABC&issuer=Falcon%20Academy&algorithm=SHA1&digits=6&period=30',
  );
});
