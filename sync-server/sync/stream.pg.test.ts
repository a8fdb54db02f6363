import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Frame, WireDoc } from '#contract/protocol.ts';
import { startServer, type Client, type TestServer } from '../testing/api-client.ts';
import { noteOf } from '../testing/operations.ts';
import {
  assignMentor,
  createCourse,
  createLesson,
  createModule,
  coverCourse,
  enrol,
  openLesson,
} from '../testing/people.ts';
import { applyDocs, docsOf, openStream, pull, push, type OpenStream } from '../testing/sync-client.ts';
import { openSyncStage, type SyncStage } from '../testing/sync-stage.ts';

let stage: SyncStage;
let database: SyncStage['database'];
let second: TestServer;
let person: SyncStage['person'];
let signIn: SyncStage['signIn'];
let courseOfOne: SyncStage['courseOfOne'];
const open: OpenStream[] = [];

beforeAll(async () => {
  stage = await openSyncStage();
  ({ database, person, signIn, courseOfOne } = stage);
  second = await startServer(database);
});
afterAll(async () => {
  for (const stream of open) await stream.close();
  await second.close();
  await stage.close();
});

async function stream(client: Client, checkpoint: string | null = null): Promise<OpenStream> {
  const opened = await openStream(client, checkpoint);
  open.push(opened);
  await opened.until((frames) => frames.some(({ t }) => t === 'cp'));
  return opened;
}
const has = (match: Partial<WireDoc>) => (frames: readonly Frame[]) =>
  docsOf(frames).some((doc) => Object.entries(match).every(([key, value]) => doc[key] === value));
const isNumbered = ({ frames }: OpenStream) => expect(frames.map(({ n }) => n)).toEqual(frames.map((_, at) => at));
const byes = ({ frames }: OpenStream) => frames.flatMap((frame) => (frame.t === 'bye' ? [frame.reason] : []));

test('a change arrives on the open stream of another process, in numbered frames closed by a checkpoint', async () => {
  const student = await person('student');
  const { course, lesson } = await courseOfOne();
  await enrol(database.server, student.id, { course_id: course });
  await openLesson(database.server, student.id, lesson);
  const writer = await signIn(student);
  const watching = await stream(await signIn(student, second));
  const op = noteOf(student.id, lesson, { body: 'Live' });
  await push(writer, [op]);
  await watching.until(
    (frames) => has({ type: 'lesson_notes', id: op.id, v: op.op })(frames) && frames.at(-1)?.t === 'cp',
  );
  isNumbered(watching);
  const last = watching.frames.at(-1);
  expect((await pull(await signIn(student), null)).docs.some(({ id }) => id === op.id)).toBe(true);
  expect(last?.t).toBe('cp');
});

test('what another program writes arrives without being announced', async () => {
  const student = await person('student');
  const watching = await stream(await signIn(student));
  await database.server.query("update users set full_name = 'Renamed by staff' where id = $1", [student.id]);
  await watching.until(has({ id: student.id, full_name: 'Renamed by staff' }), 2000);
});

test('rows that move between two scopes of one person stay on the device, with the stream open', async () => {
  const mentor = await person('mentor');
  const [a, b] = [await createCourse(database.server), await createCourse(database.server)];
  const [moduleA, moduleB] = [await createModule(database.server, a), await createModule(database.server, b)];
  for (const course of [a, b]) await coverCourse(database.server, mentor.id, course);
  const lessons = await Promise.all(
    [moduleA, moduleB].flatMap((module) =>
      Array.from({ length: 10 }, (_, at) => createLesson(database.server, module, { sequence_order: at + 1 })),
    ),
  );
  const client = await signIn(mentor);
  const watching = await stream(client);
  for (const [at, lesson] of lessons.entries()) {
    await database.server.query('update available_lessons set module_id = $2, sequence_order = $3 where id = $1', [
      lesson,
      at < 10 ? moduleB : moduleA,
      100 + at,
    ]);
  }
  await watching.until((frames) => lessons.every((id, at) => has({ id, sequence_order: 100 + at })(frames)));
  const held = applyDocs(new Map(), docsOf(watching.frames));
  for (const lesson of lessons) expect(held.has(`available_lessons|${lesson}`)).toBe(true);
  isNumbered(watching);
});

test('a scope that is lost takes its rows off the device, and nothing of them is sent any more', async () => {
  const [mentor, student] = [await person('mentor'), await person('student')];
  const assignment = await assignMentor(database.server, mentor.id, student.id);
  const watching = await stream(await signIn(mentor));
  expect(has({ type: 'users', id: student.id })(watching.frames)).toBe(true);
  await database.server.query('update student_mentor_assignments set ended_at = now() where id = $1', [assignment]);
  await watching.until(has({ type: 'users', id: student.id, _deleted: true }));
  await database.server.query("update users set full_name = 'Not for you' where id = $1", [student.id]);
  await database.server.query("update mentors set bio = 'A later change' where id = $1", [mentor.id]);
  await watching.until(has({ type: 'mentors', id: mentor.id, bio: 'A later change' }));
  expect(JSON.stringify(watching.frames)).not.toContain('Not for you');
});

test('a revoked session ends its stream within a second', async () => {
  const student = await person('student');
  const client = await signIn(student);
  const watching = await stream(client);
  const started = performance.now();
  await database.server.query('update auth_sessions set revoked_at = now() where user_id = $1', [student.id]);
  await watching.until(() => byes(watching).includes('revoked'), 1000);
  await watching.ended;
  expect(performance.now() - started).toBeLessThan(1500);
});

test('a change of role ends the stream', async () => {
  const mentor = await person('mentor');
  const watching = await stream(await signIn(mentor));
  await database.server.query("update users set role = 'admin' where id = $1", [mentor.id]);
  await watching.until(() => byes(watching).includes('revoked'), 2000);
});

test('a stream ends when its token does', async () => {
  const student = await person('student');
  const client = await signIn(student);
  const expiry = client.session.expires_at! * 1000;
  const nearTheEnd = await startServer(database, { clock: { now: () => new Date(expiry - 1500) } });
  try {
    const response = await fetch(`${nearTheEnd.url}/sync/v1/stream`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${client.session.access_token}`,
        'sync-protocol': '1',
        'x-device-id': client.deviceId,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ checkpoint: null }),
    });
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one) as Frame);
    expect(lines.at(-1)).toMatchObject({ t: 'bye', reason: 'expired', n: lines.length - 1 });
  } finally {
    await nearTheEnd.close();
  }
});

test('a newer stream of a device replaces the older one, also in another process', async () => {
  const student = await person('student');
  const client = await signIn(student);
  const older = await stream(client);
  const newer = await stream(client);
  await older.until(() => byes(older).includes('replaced'));
  const elsewhere = {
    ...client,
    call: (method: string, path: string, body?: unknown) =>
      fetch(second.url + path, {
        method,
        headers: {
          authorization: `Bearer ${client.session.access_token}`,
          'sync-protocol': '1',
          'x-device-id': client.deviceId,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      }),
  };
  await stream(elsewhere);
  await newer.until(() => byes(newer).includes('replaced'));
});

test('a stream that was away catches up from its checkpoint and goes on', async () => {
  const student = await person('student');
  const client = await signIn(student);
  const { checkpoint } = await pull(client, null);
  await database.server.query("update users set full_name = 'While away' where id = $1", [student.id]);
  const back = await stream(client, checkpoint);
  expect(docsOf(back.frames).map(({ id, type }) => `${type}|${id}`)).toContain(`users|${student.id}`);
  expect(back.frames.some(({ t }) => t === 'reset')).toBe(false);
  await database.server.query("update users set full_name = 'And live' where id = $1", [student.id]);
  await back.until(has({ id: student.id, full_name: 'And live' }));
});

test('a server that stops says so', async () => {
  const student = await person('student');
  const third = await startServer(database);
  const watching = await openStream(await signIn(student, third), null);
  await watching.until((frames) => frames.some(({ t }) => t === 'cp'));
  await third.close();
  await watching.ended;
  expect(byes(watching)).toEqual(['shutdown']);
});

test('a reader that goes away leaves nothing open', async () => {
  const student = await person('student');
  const alone = await startServer(database);
  const ears = async () =>
    (
      await database.server.query(
        "select from pg_stat_activity where datname = current_database() and query = 'listen sync_changes'",
      )
    ).rowCount;
  try {
    const before = (await ears())!;
    const watching = await openStream(await signIn(student, alone), null);
    await watching.until((frames) => frames.some(({ t }) => t === 'cp'));
    await expect.poll(ears, { timeout: 3000 }).toBe(before + 1);
    await watching.close();
    await expect.poll(ears, { timeout: 3000 }).toBe(before);
  } finally {
    await alone.close();
  }
});
