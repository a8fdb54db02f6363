import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from './diff-lines.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })
  .map((lines) => lines.join('\n'));
const side = (first: string, second: string, sign: '+' | '-'): string =>
  diffLines(first, second)
    .filter((line) => line.sign === '=' || line.sign === sign)
    .map((line) => line.text)
    .join('\n');

test('both texts can be read back out of the difference', () => {
  fc.assert(
    fc.property(text, text, (first, second) => {
      expect(side(first, second, '-')).toBe(first);
      expect(side(first, second, '+')).toBe(second);
    }),
  );
});

test('a line added in the middle is the only difference', () => {
  expect(diffLines('one\nthree', 'one\ntwo\nthree')).toEqual([
    { sign: '=', text: 'one' },
    { sign: '+', text: 'two' },
    { sign: '=', text: 'three' },
  ]);
});

test('texts too long to align are shown whole', () => {
  const long = (word: string): string => Array.from({ length: 1200 }, (_, n) => `${word} ${n}`).join('\n');
  const lines = diffLines(long('mine'), long('theirs'));
  expect(lines.filter((line) => line.sign === '-')).toHaveLength(1200);
  expect(lines.filter((line) => line.sign === '+')).toHaveLength(1200);
});
