import { describe, expect, it, vi } from 'vitest';
import { createFakeServer } from '../testing/fake-server.ts';
import { closeBehindEachTest, start, synced, sameAsServer } from '../testing/opened.ts';
import { idOf, lessonRow, lessonRows } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { until } from './store.ts';

vi.setConfig(patient);
closeBehindEachTest();

describe('a full set', () => {
  it('drops rows that left, after a reset as after an interrupted first sync', async () => {
    const server = createFakeServer(lessonRows(20));
    server.page = 5;
    let stop = true;
    server.tamper = (frame, kind) => (kind === 'pull' && frame.t === 'cp' && stop ? null : frame);
    const device = createTestDevice({ server });
    const replica = await start(device);
    await until(replica.rows('available_lessons'), (rows) => rows?.length === 20);
    // Between the cut answer and the next one a row goes; nobody will ever send its tombstone to a device without checkpoint.
    server.rows.delete(`available_lessons|${idOf(1, 7)}`);
    stop = false;
    await synced(replica);
    expect(await replica.find('available_lessons')).toHaveLength(19);
    server.newEpoch();
    server.rows.delete(`available_lessons|${idOf(1, 8)}`);
    server.cut();
    await until(replica.rows('available_lessons'), (rows) => rows?.length === 18);
  });

  it('keeps rows with unsent edits and still sends them', async () => {
    const server = createFakeServer([
      ...lessonRows(2),
      {
        type: 'lesson_notes',
        id: idOf(5, 1),
        user_id: testUserId,
        lesson_id: idOf(1, 1),
        at_seconds: null,
        body: 'server',
        copy_of: null,
      },
    ]);
    const device = createTestDevice({ server });
    const replica = await start(device);
    await synced(replica);
    server.online = false;
    server.cut();
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'mine' });
    const made = await replica.writes.insert('lesson_notes', {
      user_id: testUserId,
      lesson_id: idOf(1, 1),
      at_seconds: 5,
      body: 'new',
      copy_of: null,
    });
    server.newEpoch();
    server.judge = () => undefined;
    server.online = true;
    replica.syncNow();
    await until(replica.syncState, ({ status, waiting }) => status === 'uptodate' && waiting === 0);
    expect(server.rows.get(`lesson_notes|${made}`)).toMatchObject({ body: 'new' });
    expect(server.rows.get(`lesson_notes|${idOf(5, 1)}`)).toMatchObject({ body: 'mine' });
    expect((await replica.find('lesson_notes')).map(({ body }) => body).toSorted()).toEqual(['mine', 'new']);
  });

  it('takes the whole lesson where it had the masked one under the same token', async () => {
    const server = createFakeServer([lessonRow(1)]);
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    server.put({ ...lessonRow(1), description: 'now open' });
    await until(replica.row('available_lessons', idOf(1, 1)), (row) => row?.description === 'now open');
  });

  it('rows of tables a newer server has are passed over, and pulled after the update', async () => {
    const server = createFakeServer([lessonRow(1)]);
    server.tamper = (frame, kind) =>
      kind === 'pull' && frame.t === 'ready'
        ? `${JSON.stringify({ t: 'docs', f: 'board', d: [{ type: 'board_cards', id: 'x', v: '1' }] })}\n${JSON.stringify({ t: 'news', what: 1 })}\n${JSON.stringify(frame)}\n`
        : frame;
    const device = createTestDevice({ server });
    const replica = await start(device);
    await synced(replica);
    await sameAsServer(replica, server);
  });

  it('is whole after a rebuild, whatever the stream brings meanwhile', async () => {
    const server = createFakeServer(lessonRows(20));
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    await soon(() => expect(server.openStreams()).toBe(1));
    for (let round = 0; round < 8; round += 1) {
      const rebuilt = replica.rebuild();
      for (let n = 0; n < 5; n += 1) {
        server.put(lessonRow(100 + round * 5 + n));
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      await rebuilt;
      await until(replica.syncState, ({ progress }) => progress === null);
      await sameAsServer(replica, server);
    }
  });

  it('is asked for again by rebuilding, which keeps the queue', async () => {
    const server = createFakeServer(lessonRows(5));
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    server.online = false;
    server.cut();
    await replica.writes.insert('recording_ratings', {
      user_id: testUserId,
      lesson_id: idOf(1, 1),
      rating: 4,
      feedback: null,
    });
    await replica.rebuild();
    expect(await replica.find('available_lessons')).toHaveLength(0);
    expect(await replica.find('recording_ratings')).toHaveLength(1);
    server.online = true;
    replica.syncNow();
    await until(replica.syncState, ({ status, waiting }) => status === 'uptodate' && waiting === 0);
    expect(await replica.find('available_lessons')).toHaveLength(5);
    expect(server.taken).toHaveLength(1);
  });
});
