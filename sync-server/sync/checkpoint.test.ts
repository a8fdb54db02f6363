import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { isAhead, isBehind, openCheckpoint, sealCheckpoint } from './checkpoint.ts';

const checkpoint = fc.record({
  epoch: fc.uuid(),
  snapshot: fc
    .tuple(fc.nat(), fc.nat(), fc.array(fc.nat(), { maxLength: 5 }))
    .map(([a, b, xip]) => `${a}:${a + b}:${xip.join(',')}`),
});
const holder = fc.record({ userId: fc.uuid(), boundTo: fc.uuid() });

describe('a checkpoint', () => {
  test.prop([fc.string(), checkpoint, holder])('comes back as it was sealed', (key, what, who) => {
    expect(openCheckpoint(key, sealCheckpoint(key, what, who), who)).toEqual(what);
  });

  test.prop([fc.string(), checkpoint, holder, holder])('means nothing to anybody else', (key, what, who, other) => {
    fc.pre(who.userId !== other.userId || who.boundTo !== other.boundTo);
    expect(openCheckpoint(key, sealCheckpoint(key, what, who), other)).toBeNull();
  });

  test.prop([fc.string(), checkpoint, holder, fc.nat(), fc.constantFrom(...'ABab01-_.')])(
    'means nothing when one letter is changed',
    (key, what, who, at, letter) => {
      const sealed = sealCheckpoint(key, what, who);
      const place = at % sealed.length;
      fc.pre(sealed[place] !== letter);
      const edited = sealed.slice(0, place) + letter + sealed.slice(place + 1);
      const opened = openCheckpoint(key, edited, who);
      // The last letter of base64url carries bits that mean nothing; the content stays under the seal.
      if (opened !== null) expect(opened).toEqual(what);
    },
  );

  test.prop([fc.string()])('is null for any other text', (text) => {
    expect(openCheckpoint('key', text, { userId: 'u', boundTo: 'd' })).toBeNull();
  });
});

test('snapshots are compared by their ends, beyond what a number holds exactly', () => {
  expect(isAhead('1:9007199254740993:', '1:9007199254740992:')).toBe(true);
  expect(isAhead('1:5:', '1:5:')).toBe(false);
  expect(isBehind('4:9:', '5')).toBe(true);
  expect(isBehind('5:9:', '5')).toBe(false);
});
