import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { createClock } from '../platform/clock.ts';
import { changeMark, DeviceDatabase } from './device-database.ts';
import { openTimeAnchor } from './time-anchor.ts';

const told = Date.parse('2026-11-22T10:00:00.000Z');
const hour = 3_600_000;

/** A computer whose two clocks the test moves, with a disk for its clock and its database. */
function computer() {
  const files = new Map<string, string>();
  const storage = {
    getItem: (name: string) => files.get(name) ?? null,
    setItem: (name: string, value: string) => void files.set(name, value),
  };
  const time = { wall: told, monotonic: 0 };
  const device = new DeviceDatabase('anchors', { indexedDB: new IDBFactory(), IDBKeyRange });
  return {
    time,
    device,
    start: () => createClock(storage, { wall: () => time.wall, monotonic: () => time.monotonic }),
  };
}

test('nothing backs a time before the first contact', async () => {
  const { device, start } = computer();
  const clock = start();
  const anchor = await openTimeAnchor(device, clock);
  expect(anchor.evidence()).toBeUndefined();
  clock.observe(new Date(told).toISOString());
  expect(anchor.evidence()).toBeUndefined();
});

test('the last signed time and what was measured since', async () => {
  const { device, start, time } = computer();
  const clock = start();
  const anchor = await openTimeAnchor(device, clock);
  clock.observe(new Date(told).toISOString());
  anchor.take({ token: 'signed', at: new Date(told).toISOString() });
  time.monotonic += hour;
  time.wall += hour;
  expect(anchor.evidence()).toEqual({ anchor: 'signed', least_ms: hour, most_ms: hour });
});

test('after a restart the signed time is still there, and how long it ran is known in bounds', async () => {
  const { device, start, time } = computer();
  const before = start();
  before.observe(new Date(told).toISOString());
  await changeMark(device, { anchor: { token: 'signed', at: new Date(told).toISOString() } });
  time.monotonic += hour;
  time.wall += hour;
  before.save();
  time.wall += 5 * hour;
  time.monotonic = 0;
  const anchor = await openTimeAnchor(device, start());
  expect(anchor.evidence()).toEqual({ anchor: 'signed', least_ms: hour, most_ms: 6 * hour });
});
