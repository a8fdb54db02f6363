import { expect, test } from 'vitest';
import { quietUntil } from './quiet-hours.ts';

const zone = 'Asia/Karachi'; // UTC+5
const night = { from: '21:00', to: '08:00' };

test('quiet hours over midnight end in the morning, before it on the next day', () => {
  expect(quietUntil(night, '2026-11-22T17:00:00.000Z', zone)).toBe('2026-11-23T03:00:00.000Z'); // 22:00
  expect(quietUntil(night, '2026-11-22T22:00:00.000Z', zone)).toBe('2026-11-23T03:00:00.000Z'); // 03:00
});

test('outside of them, without any, or when they are empty, nothing waits', () => {
  expect(quietUntil(night, '2026-11-22T07:00:00.000Z', zone)).toBeNull(); // 12:00
  expect(quietUntil(night, '2026-11-22T03:00:00.000Z', zone)).toBeNull(); // 08:00 sharp
  expect(quietUntil(null, '2026-11-22T17:00:00.000Z', zone)).toBeNull();
  expect(quietUntil({ from: '10:00', to: '10:00' }, '2026-11-22T05:00:00.000Z', zone)).toBeNull();
});

test('those within a day end on that day', () => {
  expect(quietUntil({ from: '12:00', to: '14:00' }, '2026-11-22T08:00:00.000Z', zone)).toBe('2026-11-22T09:00:00.000Z');
});
