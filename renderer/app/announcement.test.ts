import { expect, test } from 'vitest';
import { readAnnouncement } from './announcement.ts';

const now = new Date('2026-11-22T10:00:00.000Z');
const banner = { enabled: true, message: 'Office closed', background_color: 'yellow', dismissible: false };

test('it shows between its dates, in its colour', () => {
  const dated = { ...banner, start_date: '2026-11-21T00:00:00Z', end_date: '2026-11-23T00:00:00Z' };
  expect(readAnnouncement(dated, now)).toEqual({ message: 'Office closed', tone: 'warn', dismissible: false });
});

test.each([
  [null],
  [{ ...banner, enabled: false }],
  [{ ...banner, message: '' }],
  [{ ...banner, start_date: '2026-11-23T00:00:00Z' }],
  [{ ...banner, end_date: '2026-11-21T00:00:00Z' }],
  ['text'],
])('%j is not shown', (value) => {
  expect(readAnnouncement(value, now)).toBeNull();
});
