import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { describe, expect, it, vi } from 'vitest';
import { checkBuckets } from '#contract/protocol.ts';
import { createFakeServer } from '../testing/fake-server.ts';
import { breakReplicaWrites } from '../testing/faulty-storage.ts';
import { closeBehindEachTest, opened } from '../testing/opened.ts';
import { idOf, lessonRow, lessonRows } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { breathe } from './apply.ts';
import { bucketOf, bucketSums } from './check.ts';
import { openCore } from './core.ts';
import { DeviceDatabase } from './device-database.ts';
import { purgeDeleted } from './purge.ts';
import { until } from './store.ts';

vi.setConfig(patient);

closeBehindEachTest();

describe('bucket sums', () => {
  it('are the XOR of the first 64 bits of SHA-256, per bucket of the key', async () => {
    const token = { key: 'users|1', type: 'users', id: '1', v: 'abc' };
    const sums = await bucketSums([token]);
    // As `printf 'users|1' | sha256sum` and `printf 'users|1|abc' | sha256sum` say.
    expect(await bucketOf('users|1')).toBe(45);
    expect(sums[45]).toBe('48a54d5d30973f32');
    expect(sums.filter((sum) => sum !== '0'.repeat(16))).toHaveLength(1);
    expect(await bucketSums([token, token])).toEqual(Array(checkBuckets).fill('0'.repeat(16)));
  });
});

describe('the check', () => {
  it('runs after a failed write and puts right what is missing, stale or too much', async () => {
    const server = createFakeServer(lessonRows(30));
    const device = createTestDevice({ server });
    const replica = opened(await device.openSynced());
    // Faults nobody reported: the server changes without telling the stream.
    server.rows.set(`available_lessons|${idOf(1, 3)}`, { ...lessonRow(3, 'changed'), v: idOf(9, 300) });
    server.rows.set(`available_lessons|${idOf(1, 31)}`, { ...lessonRow(31), v: idOf(9, 31) });
    server.rows.delete(`available_lessons|${idOf(1, 5)}`);
    await replica.writes.insert('recording_ratings', {
      user_id: testUserId,
      lesson_id: idOf(1, 1),
      rating: 4,
      feedback: null,
    });
    let fails = 1;
    breakReplicaWrites((keys) => (keys.includes(`available_lessons|${idOf(1, 40)}`) && fails-- > 0 ? 'throw' : 'ok'));
    server.put(lessonRow(40));
    await until(replica.rows('available_lessons'), (rows) => {
      const titles = new Map(rows?.map(({ id, recording_title }) => [id, recording_title]));
      return (
        titles.size === 31 && !titles.has(idOf(1, 5)) && titles.has(idOf(1, 40)) && titles.get(idOf(1, 3)) === 'changed'
      );
    });
    expect(await replica.find('recording_ratings')).toHaveLength(1);
    await soon(() => expect(device.troubles.some((trouble) => String(trouble).includes('rows right'))).toBe(true));
  });

  it('runs once a day and says nothing when all is well', async () => {
    const server = createFakeServer(lessonRows(5));
    const device = createTestDevice({ server });
    await (await device.openSynced()).close();
    server.serverTime = () => new Date(Date.now() + 25 * 3_600_000);
    const replica = opened(await device.open());
    await soon(() => expect(server.checks).toBe(1));
    server.put(lessonRow(9));
    await until(replica.rows('available_lessons'), (rows) => rows?.length === 6);
    expect(server.checks).toBe(1);
    expect(device.troubles).toEqual([]);
  });

  it('counts rows with unsent edits by their master, so that they are never "repaired" away', async () => {
    const server = createFakeServer(lessonRows(2));
    const device = createTestDevice({ server });
    const replica = opened(await device.openSynced());
    server.judge = (op) => ({ op: op.op, s: 'wait', reason: 'parent' });
    await replica.writes.insert('lesson_notes', {
      user_id: testUserId,
      lesson_id: idOf(1, 1),
      at_seconds: null,
      body: 'waits',
      copy_of: null,
    });
    let fails = 1;
    breakReplicaWrites((keys) => (keys.includes(`available_lessons|${idOf(1, 3)}`) && fails-- > 0 ? 'throw' : 'ok'));
    server.put(lessonRow(3));
    await soon(() => expect(server.checks).toBe(1));
    expect((await replica.find('lesson_notes')).map(({ body }) => body)).toEqual(['waits']);
    expect(device.troubles.some((trouble) => String(trouble).includes('rows right'))).toBe(false);
  });

  it('ends with a replica that is closed in its midst', async () => {
    const server = createFakeServer(lessonRows(30));
    const device = createTestDevice({ server });
    await (await device.openSynced()).close();
    // So many that several buckets are put right, one write each.
    for (let n = 1; n <= 20; n++)
      server.rows.set(`available_lessons|${idOf(1, n)}`, { ...lessonRow(n, 'changed'), v: idOf(9, 300 + n) });
    server.serverTime = () => new Date(Date.now() + 25 * 3_600_000);
    const replica = await device.open();
    const closing = new Promise<void>((resolve) => {
      breakReplicaWrites((keys) => {
        if (keys.some((key) => key.startsWith('available_lessons|'))) resolve(replica.close());
        return 'ok';
      });
    });
    await closing;
    for (let turn = 0; turn < 50; turn++) await breathe();
    expect(server.checks).toBe(1);
    expect(device.troubles).toEqual([]);
  });

  it('forgets the skeletons of what was deleted', async () => {
    const server = createFakeServer(lessonRows(5));
    const device = createTestDevice({ server });
    const core = await openCore({
      device: new DeviceDatabase('purge', { indexedDB: new IDBFactory(), IDBKeyRange }),
      name: `purge-${crypto.randomUUID()}`,
      storage: getRxStorageDexie({ indexedDB: new IDBFactory(), IDBKeyRange }),
      stamp: device.clock.stamp,
      onTrouble: () => undefined,
    });
    await core.receive([...server.rows.values()]);
    await core.receive([{ type: 'available_lessons', id: idOf(1, 2), v: 'gone', _deleted: true }]);
    const { signal } = new AbortController();
    expect(await purgeDeleted(core, signal)).toBe(1);
    expect(await purgeDeleted(core, signal)).toBe(0);
    expect(await core.read('available_lessons', idOf(1, 1))).not.toBeNull();
    // A row that comes back is a new one.
    await core.receive([{ ...lessonRow(2, 'back'), v: 'again' }]);
    expect(await core.read('available_lessons', idOf(1, 2))).toMatchObject({ recording_title: 'back' });
    await core.close();
    // A replica that is closed meanwhile has nothing to forget in any more.
    expect(await purgeDeleted(core, AbortSignal.abort())).toBe(0);
    await expect(purgeDeleted(core, signal)).rejects.toThrow('no collection');
  });
});
