import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Frame, WireDoc } from '#contract/protocol.ts';
import { startServer, type Client, type TestServer } from '../testing/api-client.ts';
import { listenIn } from '../testing/listen-in.ts';
import {
  coverCourse,
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  enrol,
  type Person,
} from '../testing/people.ts';
import { applyDocs, docsOf, openStream, pull, type OpenStream } from '../testing/sync-client.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const password = 'correct horse battery';
let database: TestDatabase;
let server: TestServer;
let course: string;
let lessons: string[];
const open: OpenStream[] = [];
/** Names of the statements that people's connections ran, and those of the server itself. */
const statements: string[] = [];
const looks: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  listenIn(database.people, statements);
  listenIn(database.server, looks);
  server = await startServer(database);
  await createCompany(database.server);
  course = await createCourse(database.server);
  const module = await createModule(database.server, course);
  lessons = [];
  for (let at = 1; at <= 16; at++) lessons.push(await createLesson(database.server, module, { sequence_order: at }));
});
afterAll(async () => {
  for (const stream of open) await stream.close();
  await server.close();
  await database.drop();
});

type Watching = { client: Client; stream: OpenStream };

async function watch({ email }: Person): Promise<Watching> {
  const client = await server.signIn(email, password);
  const stream = await openStream(client, null);
  open.push(stream);
  await stream.until((frames) => frames.some(({ t }) => t === 'cp'));
  return { client, stream };
}

async function student(): Promise<Person> {
  const person = await createPerson(database.server, 'student', { password });
  await enrol(database.server, person.id, { course_id: course });
  return person;
}
async function mentor(): Promise<Person> {
  const person = await createPerson(database.server, 'mentor', { password });
  await coverCourse(database.server, person.id, course);
  return person;
}

const rename = (lesson: string, title: string) =>
  database.server.query('update available_lessons set recording_title = $2 where id = $1', [lesson, title]);
const isTold = (lesson: string, title: string) => (frames: readonly Frame[]) =>
  frames.at(-1)?.t === 'cp' &&
  docsOf(frames).some(({ id, recording_title }) => id === lesson && recording_title === title);

test('what many read alike is read once, and each goes on from a checkpoint of their own', async () => {
  const people = [...(await Promise.all(Array.from({ length: 8 }, student))), await mentor()];
  const watching = await Promise.all(people.map(watch));
  // Streams that have just joined are asked for alone; after a first change all of them stand together.
  await rename(lessons[0]!, 'The first');
  await Promise.all(watching.map(({ stream }) => stream.until(isTold(lessons[0]!, 'The first'))));
  statements.length = 0;
  await rename(lessons[0]!, 'The second');
  await Promise.all(watching.map(({ stream }) => stream.until(isTold(lessons[0]!, 'The second'))));
  // Nobody has asked for their own.
  expect(statements).not.toContain('sync-delta');
  for (const { client, stream } of watching) {
    expect(stream.frames.map(({ n }) => n)).toEqual(stream.frames.map((_, at) => at));
    const last = stream.frames.at(-1);
    const again = await pull(client, last?.t === 'cp' ? last.cp : null);
    expect(again).toMatchObject({ isReset: false, docs: [] });
  }
});

test('with nothing new, open streams run no statement as anybody', async () => {
  const watching = [await watch(await student()), await watch(await student())];
  await rename(lessons[1]!, 'Before the silence');
  await Promise.all(watching.map(({ stream }) => stream.until(isTold(lessons[1]!, 'Before the silence'))));
  statements.length = 0;
  looks.length = 0;
  await expect
    .poll(() => looks.filter((name) => name === 'sync-has-news').length, { timeout: 10_000 })
    .toBeGreaterThan(2);
  expect(statements).toEqual([]);
});

test('while eight write and people come and go, every stream ends where a new device begins', async () => {
  const students = await Promise.all(Array.from({ length: 4 }, student));
  const watching = await Promise.all([...students, await mentor(), await mentor()].map(watch));
  const until = performance.now() + 2500;
  await Promise.all([
    ...Array.from({ length: 8 }, (_, writer) => write(writer, until)),
    ...students.slice(0, 3).map(({ id }) => comeAndGo(id, until)),
  ]);
  for (const lesson of lessons) await rename(lesson, `At last ${lesson}`);
  await database.server.query("update course_enrollments set status = 'active' where student_id = any($1)", [
    students.map(({ id }) => id),
  ]);
  for (const { client, stream } of watching) {
    const right = heldBy((await pull(client, null)).docs);
    expect(right.size).toBeGreaterThan(lessons.length);
    await stream.until((frames) => frames.at(-1)?.t === 'cp' && same(heldBy(docsOf(frames)), right), 10_000);
    expect(stream.frames.map(({ n }) => n)).toEqual(stream.frames.map((_, at) => at));
  }
});

const heldBy = (docs: readonly WireDoc[]): Map<string, string> =>
  new Map([...applyDocs(new Map(), docs)].map(([key, doc]) => [key, JSON.stringify(doc)]));
const same = (held: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): boolean =>
  held.size === right.size && [...right].every(([key, doc]) => held.get(key) === doc);

/** Changes rows in transactions that stay open a while after their writes; each row belongs to one writer. */
async function write(writer: number, until: number): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const own = lessons.filter((_, at) => at % 8 === writer);
  try {
    for (let round = 0; performance.now() < until; round++) {
      await client.query('begin');
      await client.query('update available_lessons set recording_title = $2 where id = $1', [
        own[round % own.length],
        `Round ${round} of ${writer}`,
      ]);
      await client.query('select pg_sleep($1)', [((writer * 7 + round * 5) % 40) / 1000]);
      await client.query('commit');
    }
  } finally {
    await client.end();
  }
}

async function comeAndGo(studentId: string, until: number): Promise<void> {
  for (let round = 0; performance.now() < until; round++) {
    const status = round % 2 === 0 ? 'cancelled' : 'active';
    await database.server.query('update course_enrollments set status = $2 where student_id = $1', [studentId, status]);
    await database.server.query('select pg_sleep(0.1)');
  }
}
