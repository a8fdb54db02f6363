import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { PoolClient } from '../../db/sql.ts';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { operation } from '../../testing/operations.ts';
import {
  createAssignment,
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  enrol,
  openLesson,
  type Person,
} from '../../testing/people.ts';
import { docsOf, openStream, pull, push } from '../../testing/sync-client.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'correct horse battery';
let database: TestDatabase;
let server: TestServer;
let student: Person;
let lesson: string;
let assignment: string;
let device: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  const db = database.server;
  await createCompany(db);
  student = await createPerson(db, 'student', { password });
  const course = await createCourse(db);
  lesson = await createLesson(db, await createModule(db, course));
  assignment = await createAssignment(db, lesson);
  await enrol(db, student.id, { course_id: course });
  await openLesson(db, student.id, lesson);
  device = await server.signIn(student.email, password);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const note = (set: Record<string, unknown> = {}) =>
  operation('lesson_notes', randomUUID(), {
    set: { user_id: student.id, lesson_id: lesson, at_seconds: null, body: 'A thought', copy_of: null, ...set },
  });
const isStored = async (id: string): Promise<boolean> =>
  (await database.server.query('select from lesson_notes where id = $1', [id])).rowCount === 1;

test('what comes after an operation is judged once that has its verdict, and not before', async () => {
  const [first, second] = [note(), note()];
  expect(await push(device, [second], { after: first.op })).toEqual([]);
  expect(await isStored(second.id)).toBe(false);
  expect(await push(device, [first])).toMatchObject([{ s: 'ok' }]);
  expect(await push(device, [second], { after: first.op.toUpperCase() })).toMatchObject([{ op: second.op, s: 'ok' }]);
  expect(await isStored(second.id)).toBe(true);
});

test('while the rows of one answer are read the next push of the person is judged', async () => {
  const [first, second] = [note(), note()];
  const held = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const connect = database.people.connect.bind(database.people) as () => Promise<PoolClient>;
  let times = 0;
  const connecting = vi.spyOn(database.people, 'connect').mockImplementation((async () => {
    times += 1;
    // The first is for judging, the second for what its writer is told.
    if (times !== 2) return connect();
    asked.resolve();
    await held.promise;
    return connect();
  }) as never);
  let isAnswered = false;
  const answer = push(device, [first]).finally(() => (isAnswered = true));
  await asked.promise;
  expect(await push(device, [second], { after: first.op })).toMatchObject([{ op: second.op, s: 'ok' }]);
  expect(isAnswered).toBe(false);
  held.resolve();
  expect(await answer).toMatchObject([{ op: first.op, s: 'ok' }]);
  connecting.mockRestore();
});

test('a refusal is a verdict, to wait is none', async () => {
  const [refused, second, third] = [note({ lesson_id: randomUUID() }), note(), note()];
  expect(await push(device, [refused])).toMatchObject([{ s: 'refused' }]);
  expect(await push(device, [second], { after: refused.op })).toMatchObject([{ s: 'ok' }]);
  const waits = operation('submissions', randomUUID(), {
    set: {
      ...{ assignment_id: assignment, student_id: student.id, content: 'Mine.', links: [], file_ids: [randomUUID()] },
      ...{ client_submitted_at: new Date().toISOString(), based_on: null },
    },
  });
  expect(await push(device, [waits])).toMatchObject([{ s: 'wait' }]);
  expect(await push(device, [third], { after: waits.op })).toEqual([]);
});

test('another person’s verdict is none for this one', async () => {
  const [theirs, own] = [note(), note()];
  const stranger = await createPerson(database.server, 'student', { password });
  await push(await server.signIn(stranger.email, password), [theirs]);
  expect(await push(device, [own], { after: theirs.op })).toEqual([]);
});

test('many that are sent at once, each after the one before, are judged in their order whoever comes first', async () => {
  const id = randomUUID();
  const made = operation('lesson_notes', id, {
    set: { user_id: student.id, lesson_id: lesson, at_seconds: null, body: '0', copy_of: null },
  });
  const edits = [made];
  for (let at = 1; at < 6; at += 1)
    edits.push(operation('lesson_notes', id, { base: edits.at(-1)!.op, set: { body: String(at) } }));
  const left = new Set(edits.keys());
  while (left.size > 0)
    // The last ones first.
    await Promise.all(
      [...left].toReversed().map(async (at) => {
        const verdicts = await push(device, [edits[at]], at > 0 ? { after: edits[at - 1]!.op } : {});
        if (verdicts[0]?.s === 'ok') left.delete(at);
        else expect(verdicts).toEqual([]);
      }),
    );
  const { rows } = await database.server.query('select body, v from lesson_notes where id = $1', [id]);
  expect(rows).toEqual([{ body: '5', v: edits.at(-1)!.op }]);
  // A merge of edits that did not follow each other would have kept a text as a copy.
  expect((await database.server.query('select from lesson_notes where copy_of = $1', [id])).rowCount).toBe(0);
});

test('this device’s stream tells of a push in parts when the last one is through, others’ at once', async () => {
  const second = await server.signIn(student.email, password);
  const { checkpoint } = await pull(device, null);
  const own = await openStream(device, checkpoint);
  const other = await openStream(second, (await pull(second, null)).checkpoint);
  await Promise.all([own, other].map((stream) => stream.until((frames) => frames.some(({ t }) => t === 'cp'))));
  const heard = (stream: typeof own, { id }: { id: string }) => docsOf(stream.frames).some((doc) => doc.id === id);
  const [first, last] = [note(), note()];
  await push(device, [first], { more: true });
  await other.until(() => heard(other, first));
  expect(heard(own, first)).toBe(false);
  await push(device, [last]);
  await own.until(() => heard(own, first) && heard(own, last));
  await Promise.all([own.close(), other.close()]);
});

test('one that said it would go on and does not is told all the same', async () => {
  const stream = await openStream(device, (await pull(device, null)).checkpoint);
  await stream.until((frames) => frames.some(({ t }) => t === 'cp'));
  const only = note();
  await push(device, [only], { more: true });
  await stream.until((frames) => docsOf(frames).some(({ id }) => id === only.id));
  await stream.close();
});
