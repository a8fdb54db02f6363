import { RxStorageInstanceDexie } from 'rxdb/plugins/storage-dexie';
import { describe, expect, it, vi } from 'vitest';
import { createFakeServer } from '../testing/fake-server.ts';
import { closeBehindEachTest, opened } from '../testing/opened.ts';
import { patient } from '../testing/soon.ts';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { until } from './store.ts';

const lessonA = '0192f000-0000-7000-8000-00000000000a';
vi.setConfig(patient);

closeBehindEachTest();

const lesson = (id: string, title = 'Lesson') => ({
  type: 'available_lessons',
  id,
  module_id: id,
  recording_title: title,
  sequence_order: 1,
  duration_min: 10,
  has_media: true,
  is_published: true,
});

describe('a device and its server', () => {
  it('holds what the server sent and shows later changes live', async () => {
    const server = createFakeServer([lesson(lessonA, 'Opening')]);
    const replica = opened(await createTestDevice({ server }).openSynced());
    const row = replica.row('available_lessons', lessonA);
    await until(row, (value) => value?.recording_title === 'Opening');
    server.put(lesson(lessonA, 'Renamed'));
    await until(row, (value) => value?.recording_title === 'Renamed');
    server.remove('available_lessons', lessonA);
    await until(row, (value) => value === null);
  });

  it('sends a write and keeps showing it', async () => {
    const server = createFakeServer([lesson(lessonA)]);
    const replica = opened(await createTestDevice({ server }).openSynced());
    const id = await replica.writes.insert('recording_ratings', {
      user_id: testUserId,
      lesson_id: lessonA,
      rating: 5,
      feedback: null,
    });
    expect((await replica.find('recording_ratings'))[0]?.rating).toBe(5);
    await until(replica.syncState, (state) => state.waiting === 0 && state.status === 'uptodate');
    expect(server.taken).toHaveLength(1);
    expect(server.rows.get(`recording_ratings|${id}`)).toMatchObject({ rating: 5 });
    expect((await replica.find('recording_ratings'))[0]).toMatchObject({ rating: 5, v: server.taken[0]?.op });
  });

  it('that cannot be opened says so, and can be opened afterwards', async () => {
    const device = createTestDevice({ server: createFakeServer([lesson(lessonA)]) });
    await (await device.openSynced()).close();
    const spy = vi
      .spyOn(RxStorageInstanceDexie.prototype, 'bulkWrite')
      .mockRejectedValue(new DOMException('broken', 'UnknownError'));
    await expect(device.open()).rejects.toThrow();
    spy.mockRestore();
    const before = performance.now();
    const replica = opened(await device.open());
    // It did not have to be taken from a page that does not answer.
    expect(performance.now() - before).toBeLessThan(2_500);
    expect(await replica.find('available_lessons')).toHaveLength(1);
  });
});
