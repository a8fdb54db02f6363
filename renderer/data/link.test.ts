import { describe, expect, it, vi } from 'vitest';
import { createFakeServer, proxyPage } from '../testing/fake-server.ts';
import { closeBehindEachTest, opened, start, synced, sameAsServer } from '../testing/opened.ts';
import { idOf, lessonRow, lessonRows } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { sleep } from './sleep.ts';
import { until } from './store.ts';

vi.setConfig(patient);
closeBehindEachTest();

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
    const replica = opened(await createTestDevice({ server }).openSynced(options));
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
    const replica = opened(await createTestDevice({ server }).openSynced(options));
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
      const replica = opened(await device.openSynced());
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
