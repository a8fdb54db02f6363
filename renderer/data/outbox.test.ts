import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { DeviceDatabase } from './device-database.ts';
import { openOutbox, type NewEdit } from './outbox.ts';

const id = '00000000-0000-4000-8000-000000000001';
const edit = (verb: 'insert' | 'update', body: string): NewEdit => ({
  ...{ type: 'lesson_notes', id, key: `lesson_notes|${id}`, verb },
  ...{ set: { body }, guess: {}, client_at: '2026-11-22T10:00:00.000Z' },
});

test.each([
  { isLeaving: true, queued: ['first', 'second'] },
  { isLeaving: false, queued: ['second'] },
])('a write is frozen on the disk as it is stored where it is about to be sent: $isLeaving', async (given) => {
  const device = new DeviceDatabase('outbox', { indexedDB: new IDBFactory(), IDBKeyRange });
  const outbox = await openOutbox(device);
  await outbox.add(edit('insert', 'first'), null, () => true, given.isLeaving);
  expect(await device.outbox.toArray()).toMatchObject([{ sent: given.isLeaving, set: { body: 'first' } }]);
  await outbox.add(edit('update', 'second'), null, () => true);
  expect((await device.outbox.toArray()).map(({ set }) => set['body'])).toEqual(given.queued);
  device.close();
});
