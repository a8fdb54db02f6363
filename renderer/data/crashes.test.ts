import { describe, expect, it, vi } from 'vitest';
import { ApplyError } from './apply.ts';
import { createFakeServer } from '../testing/fake-server.ts';
import { breakReplicaWrites } from '../testing/faulty-storage.ts';
import { closeBehindEachTest, goOffline, goOnline, ready, sent, start, synced } from '../testing/opened.ts';
import { refused } from '../testing/refused.ts';
import { idOf, lessonRow, lessonRows, note, noteRow } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { until } from './store.ts';
import { UnshownError } from './unshown.ts';

vi.setConfig(patient);
closeBehindEachTest();

describe('crashes', () => {
  it('between queue and replica: the write is shown at the next start', async () => {
    const { server, device, replica } = await ready();
    goOffline(server);
    const fault = breakReplicaWrites(() => 'throw');
    await replica.writes.insert('lesson_notes', note(1, 'safe in the queue'));
    expect(await replica.find('lesson_notes')).toEqual([]);
    await replica.close();
    fault.stop();
    const again = await start(device);
    expect((await again.find('lesson_notes')).map(({ body }) => body)).toEqual(['safe in the queue']);
    goOnline(server, again);
    await sent(again);
    expect(server.taken).toHaveLength(1);
  });

  it('a write that the disk would not show is shown with the next one', async () => {
    const { server, replica } = await ready();
    goOffline(server);
    const fault = breakReplicaWrites(() => 'throw');
    await replica.writes.insert('lesson_notes', note(1, 'safe in the queue'));
    fault.stop();
    await replica.writes.insert('lesson_notes', note(2, 'another'));
    expect((await replica.find('lesson_notes')).map(({ body }) => body).toSorted()).toEqual([
      'another',
      'safe in the queue',
    ]);
  });

  it('a row that was made and is given up, while the disk would not take it from the screen, is not given up', async () => {
    const { server, device, replica } = await ready();
    goOffline(server);
    // Before the device knows it, it would try to send, and what it tried to send cannot be given up.
    await until(replica.syncState, ({ status }) => status !== 'uptodate');
    await replica.writes.insert('lesson_notes', note(1, 'never sent'));
    const fault = breakReplicaWrites(() => 'throw');
    await expect(replica.writes.remove('lesson_notes', idOf(5, 1))).rejects.toThrow(ApplyError);
    await replica.close();
    fault.stop();
    const again = await start(device);
    expect((await again.find('lesson_notes')).map(({ body }) => body)).toEqual(['never sent']);
    await again.writes.remove('lesson_notes', idOf(5, 1));
    await again.close();
    const afterwards = await start(device);
    expect(await afterwards.find('lesson_notes')).toEqual([]);
    goOnline(server, afterwards);
    await synced(afterwards);
    expect(server.taken).toEqual([]);
  });

  it('a replica opens over a disk that cannot show what waits, and shows it when it can', async () => {
    const { server, device, replica } = await ready();
    goOffline(server);
    const fault = breakReplicaWrites(() => 'throw');
    await replica.writes.insert('lesson_notes', note(1, 'safe in the queue'));
    await replica.close();
    const again = await start(device);
    expect(await again.find('lesson_notes')).toEqual([]);
    expect(again.pending.get()).toHaveLength(1);
    fault.stop();
    await again.writes.insert('lesson_notes', note(2, 'another'));
    expect((await again.find('lesson_notes')).map(({ body }) => body).toSorted()).toEqual([
      'another',
      'safe in the queue',
    ]);
  });

  it('a row that is given up leaves what the server has of it', async () => {
    const { server, replica } = await ready();
    let answer = (): void => undefined;
    server.delayPush = () => new Promise((resolve) => (answer = resolve));
    // While this is on its way, what is written next has not left.
    await replica.writes.insert('lesson_notes', note(1, 'on its way'));
    await soon(() => expect(server.pushes).toHaveLength(1));
    const rating = { user_id: testUserId, lesson_id: idOf(1, 1), feedback: null };
    const id = await replica.writes.insert('recording_ratings', { ...rating, rating: 2 });
    server.put({ type: 'recording_ratings', id, ...rating, rating: 5 });
    server.put(lessonRow(9));
    await until(replica.row('available_lessons', idOf(1, 9)), (row) => row?.sequence_order === 9);
    await soon(async () => expect((await replica.find('recording_ratings'))[0]?.rating).toBe(2));
    await replica.writes.remove('recording_ratings', id);
    expect(await replica.find('recording_ratings')).toMatchObject([{ rating: 5 }]);
    answer();
    await sent(replica);
    expect(await replica.find('recording_ratings')).toMatchObject([{ rating: 5 }]);
  });

  it('nobody writes over a text of theirs that is not on the screen', async () => {
    const { server, replica } = await ready(createFakeServer([...lessonRows(1), noteRow(1, 'on the screen')]));
    goOffline(server);
    const id = idOf(5, 1);
    const fault = breakReplicaWrites(() => 'throw');
    await replica.writes.update('lesson_notes', id, { body: 'safe in the queue' });
    fault.stop();
    const shown = () => replica.find('lesson_notes').then((rows) => rows.map(({ body }) => body));
    expect(await shown()).toEqual(['on the screen']);
    await expect(replica.writes.remove('lesson_notes', id)).rejects.toThrow(UnshownError);
    expect(await shown()).toEqual(['safe in the queue']);
    expect(replica.pending.get().map(({ set }) => set)).toEqual([{ body: 'safe in the queue' }]);
    await replica.writes.update('lesson_notes', id, { body: 'over what is seen' });
    expect(await shown()).toEqual(['over what is seen']);
  });

  it('between a verdict and the queue: the same operation gets the same verdict', async () => {
    const { server, device, replica } = await ready();
    server.judge = (op) => refused(op, 'invalid', null);
    const fault = breakReplicaWrites((keys) =>
      keys.includes(`lesson_notes|${idOf(5, 1)}`) && server.pushes.length > 0 ? 'throw' : 'ok',
    );
    await replica.writes.insert('lesson_notes', note(1, 'refused'));
    await soon(() => expect(fault.failures()).toBeGreaterThan(0));
    await replica.close();
    fault.stop();
    const again = await start(device);
    await until(again.problems, (problems) => problems.length === 1);
    expect(await again.find('lesson_notes')).toEqual([]);
    await until(again.pending, (items) => items.length === 0);
    expect(new Set(server.pushes.flat().map(({ op }) => op)).size).toBe(1);
  });

  it('two people on one computer never see or send each other’s work', async () => {
    const server = createFakeServer(lessonRows(1));
    server.online = false;
    const ayesha = createTestDevice({ server });
    const first = await start(ayesha);
    await first.writes.insert('lesson_notes', note(1, 'Ayesha’s'));
    await first.close();
    const zain = createTestDevice({ server, userId: idOf(6, 2) });
    const second = await start(zain);
    expect(await second.find('lesson_notes')).toEqual([]);
    expect(second.pending.get()).toEqual([]);
    server.online = true;
    second.syncNow();
    await until(second.syncState, ({ status }) => status === 'uptodate');
    expect(server.taken).toEqual([]);
  });
});
