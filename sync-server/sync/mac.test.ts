import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMac } from './mac.ts';

test('answers what createHmac does, for keys and texts of any length, one after the other', () => {
  const keys = fc.uint8Array({ maxLength: 200 });
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(keys, texts, (key, several) => {
      const mac = createMac(key);
      for (const text of several)
        expect(mac(text).toString('hex')).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }),
  );
});

test('the answers stay as they were when the next is made', () => {
  const mac = createMac(Buffer.from('key'));
  const first = mac('one');
  const kept = Buffer.from(first);
  mac('two');
  expect(first.equals(kept)).toBe(true);
});
