import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DeviceDatabase } from './device-database.ts';
import { openOutbox, type NewEdit, type Outbox } from './outbox.ts';
import { readQueue } from './queue-on-disk.ts';

let device: DeviceDatabase;
let outbox: Outbox;
beforeEach(async () => {
  device = new DeviceDatabase('outbox', { indexedDB: new IDBFactory(), IDBKeyRange });
  outbox = await openOutbox(device);
});
afterEach(() => device.close());

const edit = (verb: 'insert' | 'update', body: string, row = 1): NewEdit => {
  const id = `00000000-0000-4000-8000-00000000000${row}`;
  return {
    ...{ type: 'lesson_notes', id, key: `lesson_notes|${id}`, verb },
    ...{ set: { body }, guess: {}, client_at: '2026-11-22T10:00:00.000Z' },
  };
};
const write = (verb: 'insert' | 'update', body: string, row?: number) =>
  outbox.add(edit(verb, body, row), null, () => true);
const queue = () => outbox.rows.get();
const bodies = () => queue().map(({ set }) => set['body']);
const settle = (done: number[]) => outbox.settle({ done, waiting: [], masters: new Map() });

test.each([
  { isLeaving: true, queued: ['first', 'second'] },
  { isLeaving: false, queued: ['second'] },
])('a write is frozen on the disk as it is stored where it is about to be sent: $isLeaving', async (given) => {
  await outbox.add(edit('insert', 'first'), null, () => true, given.isLeaving);
  expect(await device.outbox.toArray()).toMatchObject([{ sent: given.isLeaving, set: { body: 'first' } }]);
  await write('update', 'second');
  expect((await device.outbox.toArray()).map(({ set }) => set['body'])).toEqual(given.queued);
});

test('what was frozen is so after a restart, and what was written before, between and after it is not', async () => {
  for (const row of [1, 2, 3, 4, 5]) await write('insert', `row ${row}`, row);
  await outbox.freeze([queue()[1]!, queue()[3]!]);
  await write('insert', 'row 6', 6);
  const sent = [false, true, false, true, false, false];
  expect(queue().map((row) => row.sent)).toEqual(sent);
  expect((await readQueue(device)).map((row) => row.sent)).toEqual(sent);
  expect(await readQueue(device)).toEqual(queue());

  outbox = await openOutbox(device);
  for (const row of [1, 2, 3, 4, 5, 6]) await write('update', `again ${row}`, row);
  expect(bodies()).toEqual(['again 1', 'row 2', 'again 3', 'row 4', 'again 5', 'again 6', 'again 2', 'again 4']);
  expect(await readQueue(device)).toEqual(queue());
});

test('what is frozen later adds to what was, also when that has left the queue', async () => {
  for (const row of [1, 2, 3, 4]) await write('insert', `row ${row}`, row);
  await outbox.freeze(queue().slice(0, 2));
  await settle([queue()[0]!.seq]);
  await outbox.freeze([queue()[2]!]);
  expect((await readQueue(device)).map((row) => [row.set['body'], row.sent])).toEqual([
    ['row 2', true],
    ['row 3', false],
    ['row 4', true],
  ]);
  await settle(queue().map(({ seq }) => seq));
  await write('insert', 'row 5', 5);
  expect((await readQueue(device)).map((row) => row.sent)).toEqual([false]);
});

test('what is settled leaves the disk, and nothing between it', async () => {
  for (const row of [1, 2, 3, 4, 5, 6]) await write('insert', `row ${row}`, row);
  const seqs = queue().map(({ seq }) => seq);
  await settle([0, 1, 3, 5].map((at) => seqs[at]!));
  expect(bodies()).toEqual(['row 3', 'row 5']);
  expect(await readQueue(device)).toEqual(queue());
});
