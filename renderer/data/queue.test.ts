import { describe, expect, it, vi } from 'vitest';
import { createFakeServer, proxyPage } from '../testing/fake-server.ts';
import { closeBehindEachTest, goOffline, goOnline, ready, sent, start } from '../testing/opened.ts';
import { idOf, lessonRows, note } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { until } from './store.ts';

vi.setConfig(patient);
closeBehindEachTest();

describe('the queue', () => {
  it('keeps what was written offline through a restart and sends it in the order it was written', async () => {
    const { server, device, replica } = await ready();
    goOffline(server);
    for (let n = 1; n <= 5; n += 1) await replica.writes.insert('lesson_notes', note(n, `note ${n}`));
    await replica.writes.insert('recording_ratings', {
      user_id: testUserId,
      lesson_id: idOf(1, 1),
      rating: 3,
      feedback: null,
    });
    await replica.close();
    const again = await start(device);
    expect(await again.find('lesson_notes')).toHaveLength(5);
    expect(again.pending.get()).toHaveLength(6);
    expect(again.syncState.get().waiting).toBe(6);
    goOnline(server, again);
    await sent(again);
    expect(server.taken.map(({ set }) => set.body ?? set.rating)).toEqual([
      'note 1',
      'note 2',
      'note 3',
      'note 4',
      'note 5',
      3,
    ]);
  });

  it('loses nothing and keeps the order when the clock was set back an hour between two sessions', async () => {
    const began = Date.now();
    const { server, device, replica } = await ready();
    goOffline(server);
    await replica.writes.insert('lesson_notes', note(1, 'before'));
    await replica.close();
    device.clockOffset = -3_600_000;
    const again = await start(device);
    await again.writes.insert('lesson_notes', note(2, 'after'));
    await again.writes.update('lesson_notes', idOf(5, 1), { body: 'before, edited' });
    expect(again.trustedNow()).toBeNull();
    goOnline(server, again);
    await sent(again);
    expect(server.rows.get(`lesson_notes|${idOf(5, 1)}`)?.body).toBe('before, edited');
    expect(server.rows.get(`lesson_notes|${idOf(5, 2)}`)?.body).toBe('after');
    expect(server.taken.every(({ client_at }) => Date.parse(client_at) >= began)).toBe(true);
  });

  it('joins later edits of a row that never left the device', async () => {
    const { server, replica } = await ready();
    goOffline(server);
    // Before the device knows it, it would try to send, and what it tried to send is never joined.
    await until(replica.syncState, ({ status }) => status !== 'uptodate');
    await replica.writes.insert('lesson_notes', note(1, 'a'));
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'ab' });
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'abc', at_seconds: 30 });
    await replica.writes.insert('lesson_notes', note(2, 'gone'));
    await replica.writes.remove('lesson_notes', idOf(5, 2));
    expect((await replica.find('lesson_notes')).map(({ body }) => body)).toEqual(['abc']);
    goOnline(server, replica);
    await sent(replica);
    expect(server.taken).toHaveLength(1);
    expect(server.taken[0]).toMatchObject({ base: null, set: { body: 'abc', at_seconds: 30 } });
  });

  it('never changes an operation that was sent: a later edit is a new one based on it', async () => {
    const { server, replica } = await ready();
    server.loseAnswer = () => server.pushes.length === 1;
    await replica.writes.insert('lesson_notes', note(1, 'first'));
    await soon(() => expect(server.pushes.length).toBeGreaterThan(0));
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'second' });
    await sent(replica);
    const [first, second] = server.taken;
    expect(first?.set.body).toBe('first');
    expect(second).toMatchObject({ base: first?.op, set: { body: 'second' } });
    expect(
      server.pushes
        .flat()
        .filter(({ op }) => op === first?.op)
        .every(({ set }) => set.body === 'first'),
    ).toBe(true);
    expect((await replica.find('lesson_notes'))[0]?.body).toBe('second');
  });

  it('sends the same operations again until an answer comes: nothing lost, nothing doubled at 30 % lost answers', async () => {
    const { server, replica } = await ready();
    let roll = 0;
    server.loseAnswer = () => [true, false, false, true, false, false, false, true, false, false][roll++ % 10] ?? false;
    for (let n = 1; n <= 40; n += 1) {
      await replica.writes.insert('lesson_notes', note(n, `note ${n}`));
      if (n % 7 === 0) replica.syncNow();
    }
    await sent(replica);
    expect(server.taken).toHaveLength(40);
    expect([...server.rows.keys()].filter((key) => key.startsWith('lesson_notes'))).toHaveLength(40);
    expect(await replica.find('lesson_notes')).toHaveLength(40);
  });

  it('treats proxies, 5xx and pages of HTML as no network, never as a refusal', async () => {
    const { server, replica } = await ready();
    let answers = [502, 403, 200, 500, 401, 404].map(proxyPage);
    server.intercept = (path) => (path === '/sync/v1/push' ? answers.shift() : undefined);
    await replica.writes.insert('lesson_notes', note(1, 'kept'));
    await sent(replica);
    expect(answers).toHaveLength(0);
    expect(replica.problems.get()).toEqual([]);
    expect(server.taken).toHaveLength(1);
    answers = [];
  });

  it('removes reports once they are taken, and never counts them as waiting work', async () => {
    const { server, replica } = await ready();
    goOffline(server);
    await replica.writes.insert('user_activity_logs', {
      user_id: testUserId,
      activity_type: 'page_visit',
      occurred_at: '2026-11-22T10:00:00.000Z',
      reference_id: null,
      metadata: {},
    });
    expect(replica.syncState.get().waiting).toBe(0);
    expect(await replica.find('user_activity_logs')).toEqual([]);
    goOnline(server, replica);
    await soon(() => expect(server.taken).toHaveLength(1));
    expect(await replica.flush(5_000)).toBe(true);
  });

  it('makes the same row on two devices that are both offline', async () => {
    const server = createFakeServer(lessonRows(1));
    const one = await start(createTestDevice({ server }));
    const two = await start(createTestDevice({ server }));
    goOffline(server);
    const rating = { user_id: testUserId, lesson_id: idOf(1, 1), feedback: null };
    const ids = [
      await one.writes.insert('recording_ratings', { ...rating, rating: 2 }),
      await two.writes.insert('recording_ratings', { ...rating, rating: 5 }),
    ];
    expect(ids[0]).toBe(ids[1]);
  });

  it('refuses columns a device may not write, and keeps guesses to itself', async () => {
    const { server, replica } = await ready();
    await expect(replica.writes.update('available_lessons', idOf(1, 1), { recording_title: 'mine' })).rejects.toThrow(
      'none of these columns',
    );
    await expect(replica.writes.insert('user_unlocks', { user_id: testUserId, lesson_id: idOf(1, 1) })).rejects.toThrow(
      'makes no rows',
    );
    goOffline(server);
    await replica.writes.insert('submissions', {
      id: idOf(4, 1),
      assignment_id: idOf(3, 1),
      student_id: testUserId,
      content: 'work',
      links: [],
      file_ids: [],
      client_submitted_at: '2026-11-22T10:00:00.000Z',
      based_on: null,
      status: 'pending',
      version: 1,
    });
    expect((await replica.find('submissions'))[0]).toMatchObject({ status: 'pending', version: 1 });
    goOnline(server, replica);
    await sent(replica);
    expect(Object.keys(server.taken[0]?.set ?? {}).toSorted()).toEqual([
      'assignment_id',
      'based_on',
      'client_submitted_at',
      'content',
      'file_ids',
      'links',
      'student_id',
    ]);
  });
});
