import { expect, test } from 'vitest';
import { canChoose } from './choosing.ts';

const facts = { status: 'active', options: ['a', 'b'], picked: null as string | null, is_fixed: false };

test('one of the choice’s courses may be picked, and another one instead', () => {
  expect(canChoose(facts, 'a')).toBe('allowed');
  expect(canChoose({ ...facts, picked: 'a' }, 'b')).toBe('allowed');
});

test('nothing else, by nobody else, and not once it is fixed or the enrolment rests', () => {
  expect(canChoose(facts, 'c')).toBe('invalid');
  expect(canChoose(null, 'a')).toBe('not_allowed');
  expect(canChoose({ ...facts, picked: 'a', is_fixed: true }, 'b')).toBe('closed');
  expect(canChoose({ ...facts, status: 'paused' }, 'a')).toBe('closed');
});

test('the pick that stands may be said again', () => {
  expect(canChoose({ ...facts, picked: 'a', is_fixed: true }, 'a')).toBe('allowed');
});
