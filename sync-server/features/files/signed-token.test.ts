import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signGrant, verifyGrant, type Grant } from './signed-token.ts';

const key = randomBytes(32);
const now = new Date('2026-11-22T10:00:00Z');
const grant: Grant = {
  user: 'u1',
  session: 's1',
  object: 'attachments/lessons/l1/f1.pdf',
  expires: now.getTime() / 1000 + 600,
};

test('a token opens its own object for its own person and session', () => {
  expect(verifyGrant(key, signGrant(key, grant), grant.object, now)).toEqual(grant);
});

test('a token for one object opens no other: it cannot be widened', () => {
  const token = signGrant(key, grant);
  expect(verifyGrant(key, token, 'attachments/lessons/l1/f2.pdf', now)).toBeNull();
  expect(verifyGrant(key, token, 'attachments/lessons/l1', now)).toBeNull();
});

test('a token ends at its time', () => {
  expect(verifyGrant(key, signGrant(key, grant), grant.object, new Date(grant.expires * 1000 - 1))).not.toBeNull();
  expect(verifyGrant(key, signGrant(key, grant), grant.object, new Date(grant.expires * 1000))).toBeNull();
});

test('a token of another key is refused', () => {
  expect(verifyGrant(key, signGrant(randomBytes(32), grant), grant.object, now)).toBeNull();
});

test('a longer life or another person written into the payload is refused', () => {
  const [, signature] = signGrant(key, grant).split('.');
  const forged = Buffer.from(JSON.stringify(['u2', 's1', grant.object, grant.expires + 9e6])).toString('base64url');
  expect(verifyGrant(key, `${forged}.${signature}`, grant.object, now)).toBeNull();
});

test('no changed character passes, nor does anything that is no token', () => {
  const token = signGrant(key, grant);
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'z', '0', '-', '.', '='), (at, character) => {
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      expect(verifyGrant(key, changed, grant.object, now) === null).toBe(changed !== token);
    }),
  );
  for (const noise of [undefined, null, 7, '', '.', '..', `${token}.x`, `${token} `, ['a']]) {
    expect(verifyGrant(key, noise, grant.object, now)).toBeNull();
  }
});
