import { afterEach, expect, it } from 'vitest';
import { lessonRow, lessonRows } from '../testing/rows.ts';
import { createFakeServer } from '../testing/fake-server.ts';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { deviceStores } from './device-database.ts';
import { replicaSchema } from './replica-database.ts';
import { until } from './store.ts';
import type { Replica } from './types.ts';

const first = { ...replicaSchema };
const releases = deviceStores.length;
afterEach(releaseBefore);

function nextRelease(): void {
  Object.assign(replicaSchema, { version: 1, indexes: [['type'], ['type', 'v']] });
  deviceStores.push({ outbox: '++seq, key, type' });
}

function releaseBefore(): void {
  Object.assign(replicaSchema, first);
  deviceStores.splice(releases);
}

it('a release with other schemas takes over what is there, also what was never sent, without a network', async () => {
  const device = createTestDevice();
  const replica = await device.openSynced();
  await replica.close();
  const offline = await device.open({ offline: true });
  const id = await offline.writes.insert('lesson_notes', {
    user_id: testUserId,
    lesson_id: crypto.randomUUID(),
    at_seconds: null,
    body: 'Written before the update',
    copy_of: null,
  });
  await offline.close();

  nextRelease();
  const updated = await device.open({ offline: true });
  expect(await updated.find('lesson_notes', { id })).toMatchObject([{ body: 'Written before the update' }]);
  expect(updated.pending.get()).toMatchObject([{ id }]);
  await updated.close();

  const online = await device.open();
  await until(online.syncState, ({ status, waiting }) => status === 'uptodate' && waiting === 0);
  expect(await online.find('lesson_notes', { id })).toMatchObject([{ body: 'Written before the update' }]);
  await online.destroy();
});

it('a release that is put back fetches everything anew and still sends what the later one wrote, and so does the later one again', async () => {
  const server = createFakeServer(lessonRows(3));
  const device = createTestDevice({ server });
  const titles = async (replica: Replica) =>
    (await replica.find('available_lessons')).map(({ recording_title }) => recording_title).toSorted();
  const write = (replica: Replica, body: string) =>
    replica.writes.insert('lesson_notes', {
      user_id: testUserId,
      lesson_id: lessonRow(1).id,
      at_seconds: null,
      body,
      copy_of: null,
    });
  await (await device.openSynced()).close();

  nextRelease();
  const later = await device.open({ offline: true });
  await write(later, 'by the later release');
  await later.close();

  releaseBefore();
  const back = await device.open();
  await until(back.syncState, ({ status, waiting }) => status === 'uptodate' && waiting === 0);
  expect(await titles(back)).toEqual(['Lesson 1', 'Lesson 2', 'Lesson 3']);
  expect(server.taken).toMatchObject([{ set: { body: 'by the later release' } }]);
  server.put(lessonRow(2, 'Changed meanwhile'));
  await until(back.row('available_lessons', lessonRow(2).id), (row) => row?.recording_title === 'Changed meanwhile');
  await back.close();
  const offline = await device.open({ offline: true });
  await write(offline, 'by the earlier release');
  await offline.close();

  nextRelease();
  const again = await device.open();
  await until(again.syncState, ({ status, waiting }) => status === 'uptodate' && waiting === 0);
  expect(await titles(again)).toEqual(['Changed meanwhile', 'Lesson 1', 'Lesson 3']);
  expect((await again.find('lesson_notes')).map(({ body }) => body).toSorted()).toEqual([
    'by the earlier release',
    'by the later release',
  ]);
  await again.destroy();
});
