import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { protocolVersion, schemaVersion } from '#contract/protocol.ts';
import { tables, type TableName } from '#contract/tables/index.ts';
import { operation } from '../testing/operations.ts';
import { enrol, openLesson } from '../testing/people.ts';
import { applyDocs, pull } from '../testing/sync-client.ts';
import { openSyncStage, type SyncStage } from '../testing/sync-stage.ts';

let stage: SyncStage;
let database: SyncStage['database'];
let person: SyncStage['person'];
let signIn: SyncStage['signIn'];
let courseOfOne: SyncStage['courseOfOne'];

beforeAll(async () => {
  stage = await openSyncStage();
  ({ database, person, signIn, courseOfOne } = stage);
});
afterAll(() => stage.close());

test('a new device gets everything once, essential families first, then ready, then the checkpoint', async () => {
  const student = await person('student');
  const { course, lesson } = await courseOfOne();
  await enrol(database.server, student.id, { course_id: course });
  const client = await signIn(student);
  const { frames, docs, checkpoint } = await pull(client, null);
  expect(frames[0]).toMatchObject({ t: 'hello', protocol: 1 });
  expect(frames.filter(({ t }) => t === 'ready')).toHaveLength(1);
  expect(docs.find(({ id }) => id === lesson)).not.toHaveProperty('description');
  expect(new Set(docs.map(({ type, id }) => type + id)).size).toBe(docs.length);
  await openLesson(database.server, student.id, lesson);
  const next = await pull(client, checkpoint);
  expect(next.docs.map(({ type }) => type).toSorted()).toEqual(['available_lessons', 'user_unlocks']);
  expect(next.docs.find(({ type }) => type === 'available_lessons')).toMatchObject({
    id: lesson,
    description: 'What this lesson teaches.',
  });
  expect((await pull(client, next.checkpoint)).docs).toEqual([]);
  expect(applyDocs(new Map(), docs).size).toBe(docs.length);
});

test('a full set larger than a frame comes in several, each a family of its own, with rows longer than a frame', async () => {
  const student = await person('student');
  const { course, lesson } = await courseOfOne();
  await enrol(database.server, student.id, { course_id: course });
  const { rows } = await database.server.query<{ id: string }>(
    `insert into lesson_notes (user_id, lesson_id, body)
     select $1, $2, repeat(case at when 7 then '😀' else 'x' end, case at when 7 then 20000 else 1000 end)
     from generate_series(1, 200) as at returning id`,
    [student.id, lesson],
  );
  const { frames, docs } = await pull(await signIn(student), null);
  const notes = docs.filter(({ type }) => type === 'lesson_notes');
  expect(notes.map(({ id }) => id).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  expect(notes.map(({ body }) => (body as string).length).toSorted((a, b) => b - a)[0]).toBe(40_000);
  const sizes = frames.flatMap((frame) => (frame.t === 'docs' ? [frame.d.length] : []));
  expect(sizes.filter((size) => size > 20).length).toBeGreaterThan(2);
  for (const frame of frames)
    if (frame.t === 'docs')
      expect(new Set(frame.d.map(({ type }) => tables[type as TableName].family))).toEqual(new Set([frame.f]));
  const [hello] = frames;
  expect(hello?.t === 'hello' && hello.count! >= docs.length && hello.count! < docs.length + 20).toBe(true);
});

test('an app too old or too new for this server is told which of them to update, may still push, and loses nothing', async () => {
  const student = await person('student');
  const client = await signIn(student);
  const { checkpoint } = await pull(client, null);
  const versions: [Record<string, string>, object][] = [
    [{ 'sync-protocol': '0' }, { version: 'protocol', behind: 'app' }],
    [{ 'sync-protocol': '' }, { version: 'protocol', behind: 'app' }],
    [{ 'sync-protocol': 'one' }, { version: 'protocol', behind: 'app' }],
    [{ 'sync-protocol': String(protocolVersion + 1) }, { version: 'protocol', behind: 'server' }],
    [{ 'sync-schema': '0' }, { version: 'schema', behind: 'app' }],
    [{ 'sync-schema': String(schemaVersion + 1) }, { version: 'schema', behind: 'server' }],
  ];
  for (const [headers, details] of versions) {
    for (const path of ['pull', 'stream', 'check']) {
      const body = path === 'check' ? { families: {} } : { checkpoint };
      const response = await client.call('POST', `/sync/v1/${path}`, body, headers);
      expect([path, response.status, await response.json()]).toEqual([
        path,
        426,
        expect.objectContaining({ code: 'UPGRADE_REQUIRED', details: expect.objectContaining(details) }),
      ]);
    }
    const op = operation('error_logs', randomUUID(), {
      set: { user_id: student.id, error_type: 'ui', error_message: 'written by another version', severity: 'error' },
    });
    const pushed = await client.call('POST', '/sync/v1/push', { ops: [op] }, headers);
    expect(await pushed.json()).toMatchObject({ verdicts: [{ op: op.op, s: 'ok' }] });
  }
  // The checkpoint still stands for the app that was updated, also for one that does not say which shapes it knows.
  expect((await pull(client, checkpoint)).isReset).toBe(false);
});
