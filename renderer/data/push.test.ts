import { describe, expect, it, vi } from 'vitest';
import { createFakeServer, proxyPage } from '../testing/fake-server.ts';
import { closeBehindEachTest, goOffline, goOnline, ready, sent, start } from '../testing/opened.ts';
import { refused } from '../testing/refused.ts';
import { idOf, lessonRows, note, noteRow } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { testUserId } from '../testing/test-device.ts';
import { until } from './store.ts';

vi.setConfig(patient);
closeBehindEachTest();

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

  it('a text of this device that its person did not see is not written over either, sent or not', async () => {
    const { server, replica } = await ready();
    const write = { user_id: testUserId, lesson_id: idOf(1, 1), at_seconds: null, copy_of: null };
    const id = await replica.writes.insert('lesson_notes', { ...write, body: 'there' });
    await sent(replica);
    goOffline(server);
    const before = server.rows.get(`lesson_notes|${id}`)!;
    await replica.writes.update('lesson_notes', id, { body: 'first' });
    const [seen] = await replica.find('lesson_notes', { id });
    await replica.writes.update('lesson_notes', id, { body: 'second' });
    await replica.writes.update('lesson_notes', id, { body: 'third' }, seen!);
    const made = await replica.writes.insert('lesson_notes', { ...write, body: 'new' });
    const [seenNew] = await replica.find('lesson_notes', { id: made });
    await replica.writes.update('lesson_notes', made, { body: 'newer' });
    await replica.writes.update('lesson_notes', made, { body: 'newest' }, seenNew!);
    goOnline(server, replica);
    await sent(replica);
    expect(server.taken.slice(1)).toMatchObject([
      { base: before.v, set: { body: 'second' } },
      { base: before.v, set: { body: 'third' } },
      { base: null, set: { body: 'newer' } },
      { base: expect.stringMatching(/^0{8}-/), set: { body: 'newest' } },
    ]);
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
