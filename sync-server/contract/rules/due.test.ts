import { describe, expect, test } from 'vitest';
import { dueAt, isLate, submittedTime } from './due.ts';

describe('late work of workflows 2.5: due 5 March, last sync 1 March, lease 14 days', () => {
  const times = {
    clientSubmittedAt: '2027-03-04T15:00:00.000Z',
    lastSyncAt: '2027-03-01T09:00:00.000Z',
    leaseDays: 14,
  };
  const due = '2027-03-05T23:59:59.000Z';
  const late = (receivedAt: string, changes = {}) => isLate(submittedTime({ ...times, receivedAt, ...changes }), due);

  test('submitted on the train on 4 March and sent on 12 March is on time', () => {
    expect(late('2027-03-12T10:00:00.000Z')).toBe(false);
  });

  test('sent on 20 March, more than a lease later, it is late', () => {
    expect(late('2027-03-20T10:00:00.000Z')).toBe(true);
  });

  test('a device that claims a time before its last contact, or after receipt, is not believed', () => {
    expect(late('2027-03-12T10:00:00.000Z', { clientSubmittedAt: '2027-02-28T10:00:00.000Z' })).toBe(true);
    expect(late('2027-03-12T10:00:00.000Z', { clientSubmittedAt: '2027-03-13T10:00:00.000Z' })).toBe(true);
    expect(late('2027-03-12T10:00:00.000Z', { lastSyncAt: null })).toBe(true);
  });
});

test('work is due so many days after the lesson opened, and never before it opened', () => {
  expect(dueAt('2027-03-01T09:30:00.000Z', 7)).toBe('2027-03-08T09:30:00.000Z');
  expect(dueAt(null, 7)).toBeNull();
  expect(isLate('2027-03-08T09:30:00.000Z', '2027-03-08T09:30:00.000Z')).toBe(false);
  expect(isLate('2099-01-01T00:00:00.000Z', null)).toBe(false);
});
