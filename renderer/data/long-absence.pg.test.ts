import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createComputer, settled, type Computer } from '../testing/computer.ts';
import { startRealServer, type RealServer } from '../testing/real-server.ts';
import { until } from './store.ts';
import type { Replica } from './types.ts';

vi.setConfig({ testTimeout: 90_000 });
const password = 'a calm river at dawn';
let server: RealServer;
const computers: Computer[] = [];

beforeAll(async () => {
  server = await startRealServer();
  await server.people.createCompany(server.db);
});
afterAll(async () => {
  for (const one of computers) await one.close();
  await server.close();
});

test('after more than ninety days away a device starts over: what left is gone, what it wrote is judged, nothing is lost', async () => {
  const { db, people } = server;
  const ayesha = await people.createPerson(db, 'student', { password });
  const staying = await createReached(ayesha.id, 'The course that stays');
  const leaving = await createReached(ayesha.id, 'The course that leaves');
  const task = await people.createAssignment(db, leaving.lesson, { instructions: 'Tasks of the course that leaves' });
  const laptop = await computer(ayesha.email);
  const before = await laptop.open();
  await settled(before);
  const note = (body: string) => ({
    user_id: ayesha.id,
    lesson_id: staying.lesson,
    at_seconds: null,
    body,
    copy_of: null,
  });
  const kept = await before.writes.insert('lesson_notes', note('Kept, in its first words'));
  const deleted = await before.writes.insert('lesson_notes', note('Deleted on another computer'));
  await settled(before);

  laptop.unplug();
  await until(before.syncState, ({ status }) => status === 'offline' || status === 'unreachable');
  await before.writes.update('lesson_notes', kept, { body: 'Kept, in words from the desert' });
  const added = await before.writes.insert('lesson_notes', note('Written in the desert'));
  await before.writes.insert('submissions', {
    assignment_id: task,
    student_id: ayesha.id,
    content: 'Work from the desert',
    links: [],
    file_ids: [],
    client_submitted_at: before.stamp().toISOString(),
    based_on: null,
    status: 'pending',
    version: 1,
  });
  expect(before.syncState.get().waiting).toBe(3);

  await server.query('update lesson_notes set is_deleted = true where id = $1', [deleted]);
  await server.query(
    `insert into submissions (student_id, assignment_id, content, client_submitted_at, status)
     values ($1, $2, 'Handed in on another computer', now(), 'approved')`,
    [ayesha.id, task],
  );
  await server.query("update course_enrollments set status = 'cancelled' where id = $1", [leaving.enrolment]);
  await forgetWhatLeft();

  await laptop.restart();
  const replica = await laptop.open();
  expect(replica.syncState.get().waiting).toBe(3);
  for (const words of ['Deleted on another computer', 'Tasks of the course that leaves'])
    expect(await onDisk(laptop, words), words).not.toEqual([]);
  laptop.plug();
  replica.syncNow();
  await withOneProblem(replica);

  for (const words of ['Deleted on another computer', 'Tasks of the course that leaves'])
    expect(await onDisk(laptop, words), words).toEqual([]);
  const right = [
    [kept, 'Kept, in words from the desert'],
    [added, 'Written in the desert'],
  ].toSorted();
  expect(await notesOf(replica)).toEqual(right);
  const stored = await server.query('select id, body from lesson_notes where user_id = $1 and not is_deleted', [
    ayesha.id,
  ]);
  expect(stored.map(({ id, body }) => [id, body]).toSorted()).toEqual(right);
  expect((await replica.find('submissions')).map(({ content }) => content)).toEqual(['Handed in on another computer']);
  expect(replica.problems.get().map(({ type }) => type)).toEqual(['submissions']);
  expect(JSON.stringify(replica.problems.get())).toContain('Work from the desert');
  const [rejection] = await server.query('select * from sync_rejections where user_id = $1', [ayesha.id]);
  expect(JSON.stringify(rejection)).toContain('Work from the desert');

  const fresh = await (await computer(ayesha.email)).open();
  // The refused text shows on every computer of its writer.
  await withOneProblem(fresh);
  for (const table of ['lesson_notes', 'available_lessons', 'courses', 'assignments', 'submissions'] as const)
    expect(await idsOf(replica, table), table).toEqual(await idsOf(fresh, table));
});

const withOneProblem = (replica: Replica) =>
  until(replica.syncState, ({ status, waiting, problems }) => status === 'problem' && waiting === 0 && problems === 1);

async function computer(email: string): Promise<Computer> {
  const one = await createComputer(server.url, email, password);
  computers.push(one);
  return one;
}

/** A course of one open lesson that the student reaches. */
async function createReached(student: string, title: string) {
  const { db, people } = server;
  const course = await people.createCourse(db, { title });
  const lesson = await people.createLesson(db, await people.createModule(db, course));
  const enrolment = await people.enrol(db, student, { course_id: course });
  await people.openLesson(db, student, lesson);
  return { lesson, enrolment };
}

/** The daily purge runs today and in ninety-one days; then nothing tells any more what left. */
async function forgetWhatLeft(): Promise<void> {
  // The purge only goes as far as no open transaction of the cluster, those of other tests' databases included, may still look.
  await vi.waitFor(
    async () => {
      const [here] = await server.query(
        'select max(xid) < pg_snapshot_xmin(pg_current_snapshot()) as is_past from sync_rows where deleted',
      );
      expect(here).toEqual({ is_past: true });
    },
    { timeout: 20_000, interval: 50 },
  );
  for (const days of [0, 91]) await server.query('select sync_purge(now() + make_interval(days => $1), 90)', [days]);
  expect(await server.query('select from sync_rows where deleted')).toEqual([]);
  expect(await server.query('select from sync_members where lost is not null')).toEqual([]);
}

/** What lies on the disk under this text, wherever. */
const onDisk = async (laptop: Computer, text: string): Promise<string[]> =>
  [...(await laptop.disk())].flatMap(([place, rows]) => rows.filter((row) => row.includes(text)).map(() => place));

const notesOf = async (replica: Replica) =>
  (await replica.find('lesson_notes')).map(({ id, body }) => [id, body]).toSorted();
const idsOf = async (replica: Replica, table: Parameters<Replica['find']>[0]) =>
  (await replica.find(table)).map(({ id }) => id).toSorted();
