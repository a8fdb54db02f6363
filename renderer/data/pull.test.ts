import { describe, expect, it, vi } from 'vitest';
import { createFakeServer } from '../testing/fake-server.ts';
import { breakReplicaWrites } from '../testing/faulty-storage.ts';
import { closeBehindEachTest, opened, start, synced, sameAsServer } from '../testing/opened.ts';
import { idOf, lessonRow, lessonRows } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice } from '../testing/test-device.ts';
import { until } from './store.ts';

vi.setConfig(patient);
closeBehindEachTest();

describe('pulling loses nothing', () => {
  for (const kind of ['throw', 'row-error'] as const) {
    it(`a local write that fails (${kind}) in the middle of a first sync is retried, and no checkpoint passes it`, async () => {
      const server = createFakeServer(lessonRows(700));
      server.page = 500;
      const device = createTestDevice({ server });
      let fails = 2;
      const fault = breakReplicaWrites((keys) =>
        keys.includes(`available_lessons|${idOf(1, 501)}`) && fails-- > 0 ? kind : 'ok',
      );
      const replica = await start(device);
      await synced(replica);
      expect(fault.failures()).toBe(2);
      expect(server.pulls.filter((pull) => pull.kind === 'pull').map(({ checkpoint }) => checkpoint)).toEqual([
        null,
        null,
        null,
      ]);
      await sameAsServer(replica, server);
      expect(await replica.find('available_lessons')).toHaveLength(700);
    });
  }

  it('a local write that fails on the stream is asked for again from the stored checkpoint', async () => {
    const server = createFakeServer(lessonRows(3));
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    let fails = 1;
    breakReplicaWrites((keys) => (keys.includes(`available_lessons|${idOf(1, 4)}`) && fails-- > 0 ? 'throw' : 'ok'));
    server.put(lessonRow(4));
    server.put(lessonRow(5));
    await sameAsServer(replica, server);
    expect(fails).toBeLessThan(1);
  });

  it('says that the disk is full, keeps what there is and goes on when there is room', async () => {
    const server = createFakeServer(lessonRows(3));
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    let full = true;
    breakReplicaWrites(() => (full ? 'throw' : 'ok'));
    server.put(lessonRow(4));
    await until(replica.syncState, ({ status }) => status === 'full');
    expect(await replica.find('available_lessons')).toHaveLength(3);
    full = false;
    await synced(replica);
    await sameAsServer(replica, server);
  });

  it('a frame lost on the way is noticed by its number', async () => {
    const server = createFakeServer(lessonRows(3));
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    let lost = false;
    server.tamper = (frame, kind) => {
      if (kind !== 'stream' || frame.t !== 'docs' || lost) return frame;
      lost = true;
      return null;
    };
    server.put(lessonRow(4));
    server.put(lessonRow(5));
    await sameAsServer(replica, server);
    expect(lost).toBe(true);
  });

  it('an answer cut inside a line stores no checkpoint', async () => {
    const server = createFakeServer(lessonRows(30));
    server.page = 10;
    let cut = false;
    server.tamper = (frame, kind) => {
      if (kind !== 'pull' || frame.t !== 'cp' || cut) return frame;
      cut = true;
      return JSON.stringify(frame).slice(0, 25);
    };
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    expect(cut).toBe(true);
    expect(server.pulls.filter(({ kind }) => kind === 'pull')).toHaveLength(2);
    await sameAsServer(replica, server);
  });

  it('a pull that ends without a checkpoint is asked for again', async () => {
    const server = createFakeServer(lessonRows(30));
    let dropped = false;
    server.tamper = (frame, kind) => {
      if (kind !== 'pull' || frame.t !== 'cp' || dropped) return frame;
      dropped = true;
      return null;
    };
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    expect(server.pulls.filter(({ kind }) => kind === 'pull')).toHaveLength(2);
  });

  it('an empty set is a set: its checkpoint is stored', async () => {
    const server = createFakeServer([]);
    const device = createTestDevice({ server });
    const replica = await start(device);
    await soon(() => expect(server.openStreams()).toBe(1));
    await replica.close();
    expect(server.openStreams()).toBe(0);
    await start(device);
    await soon(() => expect(server.openStreams()).toBe(1));
    expect(server.pulls.map(({ kind, checkpoint }) => [kind, checkpoint])).toEqual([
      ['pull', null],
      ['stream', '1:0'],
      ['stream', '1:0'],
    ]);
  });

  it('pages of one document and empty pages are pages like others', async () => {
    const server = createFakeServer(lessonRows(7));
    server.page = 1;
    server.tamper = (frame) =>
      frame.t === 'ready' ? `${JSON.stringify({ t: 'docs', f: 'lessons', d: [] })}\n${JSON.stringify(frame)}\n` : frame;
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    await sameAsServer(replica, server);
  });

  it('streams cut at any moment are followed by what was missed', async () => {
    const server = createFakeServer(lessonRows(3));
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    for (let round = 0; round < 5; round += 1) {
      server.put(lessonRow(10 + round));
      server.cut();
      server.put(lessonRow(20 + round));
      server.remove('available_lessons', idOf(1, 10 + round));
      await sameAsServer(replica, server);
    }
  });

  it('a server that falls silent is asked again', async () => {
    const server = createFakeServer(lessonRows(1));
    const device = createTestDevice({ server });
    const replica = opened(await device.open({ silenceMs: 40 }));
    await synced(replica);
    const before = server.pulls.length;
    await soon(() => expect(server.pulls.length).toBeGreaterThan(before + 1));
  });
});
