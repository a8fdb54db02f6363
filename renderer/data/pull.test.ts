import { afterEach, describe, expect, it, vi } from 'vitest';
import { proxyPage, createFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { breakReplicaWrites } from '../testing/faulty-storage.ts';
import { idOf, lessonRow, lessonRows } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice, testUserId, type TestDevice } from '../testing/test-device.ts';
import { sleep } from './sleep.ts';
import { until } from './store.ts';
import type { Replica } from './types.ts';

vi.setConfig(patient);

const open: Replica[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const replica of open.splice(0)) await replica.close();
});

async function start(device: TestDevice): Promise<Replica> {
  const replica = await device.open();
  open.push(replica);
  return replica;
}

const synced = (replica: Replica) => until(replica.syncState, ({ status }) => status === 'uptodate');

/** Waits until the device holds exactly what the server has of the lessons. */
async function sameAsServer(replica: Replica, server: FakeServer): Promise<void> {
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
    const replica = await device.open({ silenceMs: 40 });
    open.push(replica);
    await synced(replica);
    const before = server.pulls.length;
    await soon(() => expect(server.pulls.length).toBeGreaterThan(before + 1));
  });
});

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

describe('a server that has too much to do, or stops', () => {
  /** Waits that were asked for; none lasts longer than a moment. */
  function watchWaits() {
    const waits: number[] = [];
    const brief = (ms: number, signal: AbortSignal): Promise<void> => {
      waits.push(ms);
      return sleep(Math.min(ms, 20), signal);
    };
    return { waits, options: { sleep: brief, random: () => 0.5 } };
  }
  const busy = (): Response =>
    Response.json(
      { success: false, code: 'RATE_LIMIT_EXCEEDED', error: 'Too many requests. Wait a little.' },
      { status: 429, headers: { 'retry-after': '7' } },
    );

  it('is asked again after the time it named and a part more, keeps what is unsent, and refuses nobody', async () => {
    const server = createFakeServer(lessonRows(2));
    const { waits, options } = watchWaits();
    const replica = await createTestDevice({ server }).openSynced(options);
    open.push(replica);
    server.intercept = (path) => (path === '/sync/v1/check' ? undefined : busy());
    server.cut();
    await until(replica.syncState, ({ status }) => status === 'unreachable');
    await replica.writes.insert('recording_ratings', {
      user_id: testUserId,
      lesson_id: idOf(1, 1),
      rating: 4,
      feedback: null,
    });
    await soon(() => expect(waits).toContain(7000 * 1.25));
    server.intercept = null;
    replica.syncNow();
    await synced(replica);
    expect(server.taken).toHaveLength(1);
  });

  it('has its devices back at the moment it named for each', async () => {
    const server = createFakeServer(lessonRows(2));
    const { waits, options } = watchWaits();
    const replica = await createTestDevice({ server }).openSynced(options);
    open.push(replica);
    await until(replica.syncState, () => server.openStreams() === 1);
    server.bye('shutdown', 4321);
    await soon(() => expect(waits).toContain(4321));
    await sameAsServer(replica, server);
    await soon(() => expect(server.openStreams()).toBe(1));
  });
});

describe('an app and a server of different versions', () => {
  const gap = (behind: 'app' | 'server'): Response =>
    Response.json(
      {
        success: false,
        code: 'UPGRADE_REQUIRED',
        error: 'This app is too old: please update it.',
        details: { version: 'schema', oldest: 2, newest: 3, behind },
      },
      { status: 426 },
    );

  it.each(['app', 'server'] as const)(
    'say so (%s), send what is written here, and go on where they stood',
    async (behind) => {
      const server = createFakeServer(lessonRows(2));
      const device = createTestDevice({ server });
      const replica = await device.openSynced();
      open.push(replica);
      server.intercept = (path) => (path === '/sync/v1/push' ? undefined : gap(behind));
      server.cut();
      await until(replica.syncState, ({ status, outdated }) => status === 'outdated' && outdated === behind);
      await replica.writes.insert('recording_ratings', {
        user_id: testUserId,
        lesson_id: idOf(1, 1),
        rating: 5,
        feedback: null,
      });
      await soon(() => expect(server.taken).toHaveLength(1));
      await until(replica.syncState, ({ waiting, status }) => waiting === 0 && status === 'outdated');
      expect(await replica.find('available_lessons')).toHaveLength(2);

      // Updated: the same device with its queue and its checkpoint.
      server.put(lessonRow(3));
      server.intercept = null;
      const asked = server.pulls.length;
      replica.syncNow();
      await synced(replica);
      await sameAsServer(replica, server);
      expect(server.pulls.slice(asked).map(({ kind, checkpoint }) => [kind, checkpoint !== null])).toEqual([
        ['stream', true],
      ]);
    },
  );
});

describe('what is not our server', () => {
  it('a proxy page is "not reachable", no answer is "offline", and neither ends anything', async () => {
    const server = createFakeServer(lessonRows(2));
    const replica = await start(createTestDevice({ server }));
    await synced(replica);
    for (const status of [200, 302, 401, 403, 404, 429, 500, 502]) {
      server.intercept = () => proxyPage(status);
      server.cut();
      await until(replica.syncState, (state) => state.status === 'unreachable');
      server.intercept = null;
      replica.syncNow();
      await synced(replica);
    }
    server.online = false;
    server.cut();
    await until(replica.syncState, (state) => state.status === 'offline');
    server.online = true;
    replica.syncNow();
    await synced(replica);
  });

  it('starts from the replica when there is no network at all', async () => {
    const server = createFakeServer(lessonRows(3));
    const device = createTestDevice({ server });
    await (await device.openSynced()).close();
    server.online = false;
    const replica = await start(device);
    await until(replica.rows('available_lessons'), (rows) => rows?.length === 3);
    await until(replica.syncState, ({ status }) => status === 'offline');
    expect(replica.syncState.get().progress).toBeNull();
  });
});
