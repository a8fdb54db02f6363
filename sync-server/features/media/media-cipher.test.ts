import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newContentKey, openContentKey, sealContentKey } from './content-key.ts';
import { cipherFrom } from './media-cipher.ts';

test('any stretch of the ciphertext can be read alone', () => {
  const plain = randomBytes(10_000);
  const contentKey = newContentKey();
  const secret = cipherFrom(contentKey, 0).update(plain);
  expect(secret.equals(plain)).toBe(false);
  fc.assert(
    fc.property(fc.nat(plain.length), fc.nat(300), (from, length) => {
      const read = cipherFrom(contentKey, from).update(secret.subarray(from, from + length));
      expect(read.equals(plain.subarray(from, from + length))).toBe(true);
    }),
  );
});

test('the counter wraps at its end as the cipher itself does', () => {
  const contentKey = { key: randomBytes(32), iv: Buffer.alloc(16, 0xff) };
  const plain = randomBytes(64);
  const secret = cipherFrom(contentKey, 0).update(plain);
  expect(cipherFrom(contentKey, 32).update(secret.subarray(32)).equals(plain.subarray(32))).toBe(true);
});

test('a sealed content key opens with the same server key and lesson only', () => {
  const serverKey = randomBytes(32);
  const contentKey = newContentKey();
  const sealed = sealContentKey(serverKey, 'lesson-1', contentKey);
  expect(openContentKey(serverKey, 'lesson-1', sealed)).toEqual(contentKey);
  expect(sealed.includes(contentKey.key)).toBe(false);
  expect(() => openContentKey(serverKey, 'lesson-2', sealed)).toThrow();
  expect(() => openContentKey(randomBytes(32), 'lesson-1', sealed)).toThrow();
  const changed = Buffer.from(sealed);
  changed[40]! ^= 1;
  expect(() => openContentKey(serverKey, 'lesson-1', changed)).toThrow();
});
