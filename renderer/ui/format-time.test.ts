import { beforeAll, expect, test } from 'vitest';
import { startWords } from '../locales/i18n.ts';
import { formatBytes, formatPosition, formatRelative } from './format-time.ts';

beforeAll(startWords);

const now = new Date('2026-11-22T10:00:00.000Z');
const before = (ms: number): Date => new Date(now.getTime() - ms);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [before(10_000), 'just now'],
  [before(-10_000), 'just now'],
  [before(5 * minute), '5 minutes ago'],
  [before(3 * hour), '3 hours ago'],
  [before(day), 'yesterday'],
  [before(6 * day), '6 days ago'],
  [before(-2 * day), 'in 2 days'],
])('%s is said relatively within seven days', (at, words) => {
  expect(formatRelative(at, now)).toBe(words);
});

test('only what is known to come is in a moment', () => {
  expect(formatRelative(before(-10_000), now, { upcoming: true })).toBe('in a moment');
});

test('beyond seven days it is the date', () => {
  expect(formatRelative(before(8 * day), now)).toMatch(/^1[34] Nov 2026$/);
});

test.each([
  [0, '0:00'],
  [59.9, '0:59'],
  [760, '12:40'],
  [3725, '1:02:05'],
])('%d seconds play at %s', (seconds, words) => {
  expect(formatPosition(seconds)).toBe(words);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [2_140_000, '2.1 MB'],
  [310_000_000_000, '310 GB'],
])('%d bytes are %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});
