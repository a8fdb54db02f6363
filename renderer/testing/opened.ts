import { afterEach, expect, vi } from 'vitest';
import { until } from '../data/store.ts';
import type { Replica } from '../data/types.ts';
import { createFakeServer, type FakeServer } from './fake-server.ts';
import { lessonRows } from './rows.ts';
import { soon } from './soon.ts';
import { createTestDevice, type TestDevice } from './test-device.ts';

const open: Replica[] = [];

/** To be said once in a file of tests: what a test opened is closed behind it, and what it broke is whole again. */
export function closeBehindEachTest(): void {
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const replica of open.splice(0)) await replica.close();
  });
}

export function opened(replica: Replica): Replica {
  open.push(replica);
  return replica;
}

export const start = async (device: TestDevice): Promise<Replica> => opened(await device.open());

/** A device that has caught up with a server and hears its stream. */
export async function ready(
  server = createFakeServer(lessonRows(3)),
): Promise<{ server: FakeServer; device: TestDevice; replica: Replica }> {
  const device = createTestDevice({ server });
  const replica = await start(device);
  await synced(replica);
  await soon(() => expect(server.openStreams()).toBe(1));
  return { server, device, replica };
}

export const synced = (replica: Replica) => until(replica.syncState, ({ status }) => status === 'uptodate');
export const sent = (replica: Replica) => until(replica.syncState, ({ waiting }) => waiting === 0);

export function goOffline(server: FakeServer): void {
  server.online = false;
  server.cut();
}
export function goOnline(server: FakeServer, replica: Replica): void {
  server.online = true;
  replica.syncNow();
}

/** Waits until the device holds exactly what the server has of the lessons. */
export async function sameAsServer(replica: Replica, server: FakeServer): Promise<void> {
  const want = () =>
    [...server.rows.values()]
      .filter(({ type }) => type === 'available_lessons')
      .map((row) => `${row.id} ${String(row.recording_title)}`)
      .toSorted();
  const rows = replica.rows('available_lessons');
  await until(
    rows,
    (have) =>
      have !== undefined &&
      have
        .map((row) => `${row.id} ${row.recording_title}`)
        .toSorted()
        .join() === want().join(),
  );
}
