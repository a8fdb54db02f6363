import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Operation, OperationVerdict, WireDoc } from '#contract/protocol.ts';
import { createFakeServer, proxyPage, type FakeServer } from '../testing/fake-server.ts';
import { breakReplicaWrites } from '../testing/faulty-storage.ts';
import { idOf, lessonRows } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice, testUserId, type TestDevice } from '../testing/test-device.ts';
import type { OutboxRow } from './device-database.ts';
import { nextBatch } from './next-batch.ts';
import { until } from './store.ts';
import { UnshownError } from './unshown.ts';
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
async function ready(
  server = createFakeServer(lessonRows(3)),
): Promise<{ server: FakeServer; device: TestDevice; replica: Replica }> {
  const device = createTestDevice({ server });
  const replica = await start(device);
  await until(replica.syncState, ({ status }) => status === 'uptodate');
  await soon(() => expect(server.openStreams()).toBe(1));
  return { server, device, replica };
}
const sent = (replica: Replica) => until(replica.syncState, ({ waiting }) => waiting === 0);
function goOffline(server: FakeServer): void {
  server.online = false;
  server.cut();
}
function goOnline(server: FakeServer, replica: Replica): void {
  server.online = true;
  replica.syncNow();
}

const note = (n: number, body: string) => ({
  id: idOf(5, n),
  user_id: testUserId,
  lesson_id: idOf(1, 1),
  at_seconds: null,
  body,
  copy_of: null,
});
const noteRow = (n: number, body: string) => ({ type: 'lesson_notes', v: idOf(8, n), ...note(n, body) });
const refused = (op: Operation, code: 'not_allowed' | 'invalid', doc: WireDoc | null): OperationVerdict => ({
  op: op.op,
  s: 'refused',
  code,
  message: 'no',
  rejection_id: op.op.replace(/^.{8}/, 'eeeeeeee'),
  doc,
});

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

describe('verdicts', () => {
  it('ok: the server’s row replaces the guess', async () => {
    const { server, replica } = await ready();
    server.judge = (op) => {
      server.judge = null;
      server.taken.push(op);
      server.put({ type: op.type, id: op.id, v: op.op, ...op.set, body: 'cleaned' });
      return { op: op.op, s: 'ok', doc: { type: op.type, id: op.id, v: op.op, ...op.set, body: 'cleaned' } };
    };
    await replica.writes.insert('lesson_notes', note(1, '<b>dirty</b>'));
    await sent(replica);
    await until(replica.row('lesson_notes', idOf(5, 1)), (row) => row?.body === 'cleaned');
  });

  it('refused: the row goes back to the server’s, the text stays as a problem until it is discarded, and is shown once', async () => {
    const { server, device, replica } = await ready(createFakeServer([...lessonRows(1), noteRow(1, 'theirs')]));
    server.judge = (op, row) => {
      if (op.type !== 'lesson_notes') return undefined;
      const verdict = refused(op, 'not_allowed', row ?? null);
      if (verdict.s === 'refused') {
        server.put({
          type: 'sync_rejections',
          id: verdict.rejection_id,
          user_id: testUserId,
          device_id: null,
          collection: op.type,
          doc_id: op.id,
          code: 'not_allowed',
          message: 'no',
          pushed_doc: op.set,
          acknowledged_at: null,
          created_at: op.client_at,
        });
      }
      return verdict;
    };
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'mine' });
    await replica.writes.insert('lesson_notes', note(2, 'also mine'));
    await sent(replica);
    await until(replica.syncState, ({ status, problems }) => status === 'problem' && problems === 2);
    await until(replica.rows('sync_rejections'), (rows) => rows?.length === 2);
    expect(replica.problems.get()).toHaveLength(2);
    expect((await replica.find('lesson_notes')).map(({ body }) => body)).toEqual(['theirs']);
    expect(
      replica.problems
        .get()
        .map(({ mine }) => mine.body)
        .toSorted(),
    ).toEqual(['also mine', 'mine']);
    expect(replica.badge('lesson_notes', idOf(5, 1)).get()).toBe('attention');
    await replica.close();
    const again = await start(device);
    expect(again.problems.get()).toHaveLength(2);
    for (const problem of again.problems.get()) await again.discardProblem(problem.key);
    await until(again.syncState, ({ status }) => status === 'uptodate');
    const acknowledged = server.taken.filter(({ type }) => type === 'sync_rejections');
    expect(acknowledged).toHaveLength(2);
    expect(acknowledged.every(({ set }) => typeof set.acknowledged_at === 'string')).toBe(true);
    expect(again.problems.get()).toEqual([]);
  });

  it('shows a rejection of another device, and takes it away once it is acknowledged there', async () => {
    const { server, replica } = await ready();
    const row = {
      type: 'sync_rejections',
      id: idOf(7, 1),
      user_id: testUserId,
      device_id: null,
      collection: 'lesson_notes',
      doc_id: idOf(5, 9),
      code: 'a_code_of_tomorrow',
      message: 'no',
      pushed_doc: { body: 'from the laptop' },
      acknowledged_at: null,
      created_at: '2026-11-22T10:00:00.000Z',
    };
    server.put(row);
    const [problem] = await until(replica.problems, (problems) => problems.length === 1);
    expect(problem).toMatchObject({ kind: 'refused', code: 'unknown', mine: { body: 'from the laptop' } });
    server.put({ ...row, acknowledged_at: '2026-11-22T11:00:00.000Z' });
    await until(replica.problems, (problems) => problems.length === 0);
  });

  it('conflict: the server’s row is shown, mine is offered; sending mine builds on theirs', async () => {
    const { server, replica } = await ready(createFakeServer([...lessonRows(1), noteRow(1, 'base')]));
    goOffline(server);
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'mine' });
    server.judge = (op, row) => (row && op.base !== row.v ? { op: op.op, s: 'conflict', doc: row } : undefined);
    server.put({ ...noteRow(1, 'theirs'), v: idOf(8, 77) });
    goOnline(server, replica);
    const [problem] = await until(replica.problems, (problems) => problems.length === 1);
    if (!problem) throw new Error('no problem');
    expect(problem).toMatchObject({ kind: 'conflict', mine: { body: 'mine' }, theirs: { body: 'theirs' } });
    expect((await replica.find('lesson_notes'))[0]?.body).toBe('theirs');
    expect(replica.badge('lesson_notes', idOf(5, 1)).get()).toBe('conflict');
    await replica.resolveConflict(problem.key, 'send_mine');
    await sent(replica);
    expect(server.rows.get(`lesson_notes|${idOf(5, 1)}`)?.body).toBe('mine');
    expect(replica.problems.get()).toEqual([]);
  });

  it('a text that came while its person was writing is not written over unseen', async () => {
    const { server, replica } = await ready(createFakeServer([...lessonRows(1), noteRow(1, 'base')]));
    const id = idOf(5, 1);
    const [seen] = await replica.find('lesson_notes', { id });
    const row = replica.row('lesson_notes', id);
    server.put({ ...noteRow(1, 'base'), at_seconds: 7, v: idOf(8, 1) });
    await until(row, (now) => now?.at_seconds === 7);
    await replica.writes.update('lesson_notes', id, { body: 'first' }, seen!);
    await sent(replica);
    expect(server.taken.at(-1)?.base).toBe(idOf(8, 1));
    server.put({ ...noteRow(1, 'theirs'), v: idOf(8, 2) });
    await until(row, (now) => now?.body === 'theirs');
    await replica.writes.update('lesson_notes', id, { body: 'second' }, seen!);
    await sent(replica);
    expect(server.taken.at(-1)).toMatchObject({ base: seen!.v, set: { body: 'second' } });
  });

  it('wait: the operation stays, others pass, and it is tried again', async () => {
    const { server, replica } = await ready();
    let missing = true;
    server.judge = (op) =>
      missing && op.set.body === 'parent missing' ? { op: op.op, s: 'wait', reason: 'parent' } : undefined;
    goOffline(server);
    await replica.writes.insert('lesson_notes', note(1, 'parent missing'));
    await replica.writes.insert('lesson_notes', note(2, 'free'));
    goOnline(server, replica);
    await soon(() => expect(server.taken.map(({ set }) => set.body)).toEqual(['free']));
    await until(replica.pending, (items) => items.length === 1 && (items[0]?.tries ?? 0) > 0);
    await until(replica.badge('lesson_notes', idOf(5, 1)), (badge) => badge === 'waiting');
    missing = false;
    replica.syncNow();
    await sent(replica);
    expect(server.taken.map(({ set }) => set.body)).toEqual(['free', 'parent missing']);
  });

  it('an answer older than what the stream brought meanwhile does not replace it', async () => {
    const { server, replica } = await ready(createFakeServer([...lessonRows(1), noteRow(1, 'base')]));
    const row = replica.row('lesson_notes', idOf(5, 1));
    const stop = row.subscribe(() => undefined);
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const real = server.fetch;
    server.intercept = async (path, init) => {
      if (path !== '/sync/v1/push') return undefined;
      server.intercept = null;
      const response = await real(`http://server.test${path}`, init);
      await held;
      return response;
    };
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'mine' });
    await soon(() => expect(server.taken).toHaveLength(1));
    server.put({ ...noteRow(1, 'later than mine'), v: idOf(8, 99) });
    server.put({ ...noteRow(2, 'marker') });
    await until(replica.row('lesson_notes', idOf(5, 2)), (marker) => marker?.body === 'marker');
    answer();
    await sent(replica);
    expect((await replica.find('lesson_notes', { id: idOf(5, 1) }))[0]?.body).toBe('later than mine');
    stop();
  });

  it('a lost answer, repeated word for word after the row moved on, does not bring the old state back', async () => {
    const { server, replica } = await ready(createFakeServer([...lessonRows(1), noteRow(1, 'base')]));
    server.loseAnswer = () => server.pushes.length === 1;
    let repeats = false;
    server.intercept = (path) =>
      path === '/sync/v1/push' && server.pushes.length > 0 && !repeats ? proxyPage(502) : undefined;
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'mine' });
    await soon(() => expect(server.taken).toHaveLength(1));
    server.put({ ...noteRow(1, 'later than mine'), at_seconds: 7, v: idOf(8, 99) });
    await until(replica.row('lesson_notes', idOf(5, 1)), (row) => row?.at_seconds === 7);
    repeats = true;
    replica.syncNow();
    await sent(replica);
    expect((await replica.find('lesson_notes'))[0]).toMatchObject({ body: 'later than mine', v: idOf(8, 99) });
  });

  it('a master pulled under an unsent edit changes what lies under it, not the edit', async () => {
    const { server, replica } = await ready(createFakeServer([...lessonRows(1), noteRow(1, 'base')]));
    server.judge = (op) => ({ op: op.op, s: 'wait', reason: 'parent' });
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'mine' });
    server.put({ ...noteRow(1, 'theirs'), at_seconds: 42, v: idOf(8, 50) });
    const seen = await until(replica.row('lesson_notes', idOf(5, 1)), (row) => row?.at_seconds === 42);
    expect(seen?.body).toBe('mine');
    server.remove('lesson_notes', idOf(5, 1));
    await until(replica.row('lesson_notes', idOf(5, 1)), (row) => row === null);
    expect(replica.pending.get()).toHaveLength(1);
  });
});

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

describe('nextBatch', () => {
  const row = (seq: number, over: Partial<OutboxRow> = {}): OutboxRow => ({
    seq,
    op: idOf(6, seq),
    verb: 'update',
    type: 'lesson_notes',
    id: idOf(5, seq),
    key: `lesson_notes|${idOf(5, seq)}`,
    set: { body: 'x' },
    guess: {},
    base: null,
    client_at: '2026-11-22T10:00:00.000Z',
    sent: false,
    overtaken: false,
    tries: 0,
    not_before: null,
    ...over,
  });
  it('carries at most 1,000 operations and about 1 MB, and always at least one', () => {
    expect(
      nextBatch(
        Array.from({ length: 1500 }, (_, n) => row(n + 1)),
        0,
      ),
    ).toMatchObject({ rows: { length: 1000 }, more: true });
    const big = { set: { body: 'x'.repeat(400_000) } };
    expect(nextBatch([row(1, big), row(2, big), row(3, big)], 0)).toMatchObject({ rows: { length: 2 }, more: true });
    expect(nextBatch([row(1, { set: { body: 'x'.repeat(2_000_000) } }), row(2)], 0).rows).toHaveLength(1);
  });
  it('sends files first, and holds back only later writes of a row that waits', () => {
    const rows = [
      row(1),
      row(2, { not_before: 50 }),
      row(3, { key: row(2).key, id: row(2).id }),
      row(4, { type: 'files', key: 'files|4' }),
    ];
    expect(nextBatch(rows, 10)).toMatchObject({ rows: [{ seq: 4 }, { seq: 1 }], more: false });
    expect(nextBatch(rows, 60).rows.map(({ seq }) => seq)).toEqual([4, 1, 2, 3]);
  });
});
