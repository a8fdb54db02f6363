import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  assignMentor,
  coverCourse,
  createCourse,
  createLesson,
  createModule,
  enrol,
  openLesson,
} from '../testing/people.ts';
import { applyDocs, pull } from '../testing/sync-client.ts';
import { openSyncStage, type SyncStage } from '../testing/sync-stage.ts';
import { openCheckpoint, sealCheckpoint } from './checkpoint.ts';

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

const query = (text: string, values: unknown[] = []) => database.server.query(text, values);

/** A mentor with a student, and the mentor's device. */
async function mentored() {
  const [mentor, student] = [await person('mentor'), await person('student')];
  const assignment = await assignMentor(database.server, mentor.id, student.id);
  return { mentor, student, assignment, client: await signIn(mentor) };
}
const endAssignment = (id: string) =>
  query('update student_mentor_assignments set ended_at = now() where id = $1', [id]);
const renewAssignment = (id: string) =>
  query('update student_mentor_assignments set ended_at = null where id = $1', [id]);

test('a row that leaves sight becomes a tombstone without anything but its name', async () => {
  const { student, assignment, client } = await mentored();
  const { checkpoint } = await pull(client, null);
  await endAssignment(assignment);
  const { docs } = await pull(client, checkpoint);
  const gone = docs.filter(({ id }) => id === student.id);
  expect(gone.map(({ type }) => type).toSorted()).toEqual(['students', 'users']);
  for (const doc of gone) expect(Object.keys(doc).toSorted()).toEqual(['_deleted', 'id', 'type', 'v']);
});

test('a row seen through two scopes stays while one of them holds, with the body of the one that is left', async () => {
  const { mentor, student, assignment, client } = await mentored();
  const course = await createCourse(database.server);
  await coverCourse(database.server, mentor.id, course);
  await enrol(database.server, student.id, { course_id: course });
  const { docs, checkpoint } = await pull(client, null);
  const held = applyDocs(new Map(), docs);
  await endAssignment(assignment);
  applyDocs(held, (await pull(client, checkpoint)).docs);
  expect(held.get(`users|${student.id}`)).toMatchObject({ full_name: student.full_name });
});

test('a lesson that closes again in sight loses its text on the device', async () => {
  const student = await person('student');
  const { course, lesson } = await courseOfOne();
  await enrol(database.server, student.id, { course_id: course });
  const unlock = await openLesson(database.server, student.id, lesson, {
    is_unlocked: false,
    unlocked_at: null,
    offline_openable: true,
  });
  const client = await signIn(student);
  const { docs, checkpoint } = await pull(client, null);
  expect(docs.find(({ id, type }) => id === lesson && type === 'available_lessons')).toHaveProperty('description');
  await query('update user_unlocks set offline_openable = false where id = $1', [unlock]);
  const next = await pull(client, checkpoint);
  const masked = next.docs.find(({ id, type }) => id === lesson && type === 'available_lessons');
  expect(masked).toMatchObject({ recording_title: expect.any(String) });
  expect(masked).not.toHaveProperty('description');
});

test('a row deleted between losing a scope and getting it back leaves the device', async () => {
  const { mentor, student, assignment, client } = await mentored();
  const course = await createCourse(database.server);
  await coverCourse(database.server, mentor.id, course);
  const lesson = await createLesson(database.server, await createModule(database.server, course));
  const { docs, checkpoint } = await pull(client, null);
  expect(docs.some(({ id }) => id === lesson)).toBe(true);
  await query('update mentor_course_assignments set is_deleted = true where mentor_id = $1', [mentor.id]);
  await query('update available_lessons set is_deleted = true where id = $1', [lesson]);
  await query('update mentor_course_assignments set is_deleted = false where mentor_id = $1', [mentor.id]);
  await endAssignment(assignment);
  await query("update users set full_name = 'Changed while away' where id = $1", [student.id]);
  await renewAssignment(assignment);
  const held = applyDocs(applyDocs(new Map(), docs), (await pull(client, checkpoint)).docs);
  expect(held.has(`available_lessons|${lesson}`)).toBe(false);
  expect(held.get(`users|${student.id}`)).toMatchObject({ full_name: 'Changed while away' });
  const fresh = applyDocs(new Map(), (await pull(client, null)).docs);
  expect([...held.keys()].toSorted()).toEqual([...fresh.keys()].toSorted());
});

test('an old checkpoint names nothing that was written after the end of a membership', async () => {
  const { student, assignment, client } = await mentored();
  const { course, lesson } = await courseOfOne();
  const { checkpoint } = await pull(client, null);
  const before = await openLesson(database.server, student.id, lesson);
  await endAssignment(assignment);
  const later = await createLesson(database.server, await createModule(database.server, course));
  const after = await openLesson(database.server, student.id, later);
  await query("update user_unlocks set reason = 'requirements_met', is_unlocked = false where id = $1", [before]);
  const { rows } = await database.server.query<{ v: string }>('select v from user_unlocks where id = any($1)', [
    [before, after],
  ]);
  const { docs } = await pull(client, checkpoint);
  const ids = docs.map(({ id }) => id);
  expect(ids).toContain(before);
  expect(ids).not.toContain(after);
  for (const { v } of rows) expect(JSON.stringify(docs)).not.toContain(v);
});

test('a forged, foreign, edited or outdated checkpoint lists nothing and is answered with a reset', async () => {
  const { mentor, student, client } = await mentored();
  const studentsOwn = (await pull(await signIn(student), null)).checkpoint;
  const otherDevice = (await pull(await signIn(mentor), null)).checkpoint;
  const { checkpoint, docs } = await pull(client, null);
  const holder = { userId: mentor.id, boundTo: client.deviceId };
  const own = openCheckpoint(database.serverKey, checkpoint, holder)!;
  const [payload, mac] = checkpoint.split('.') as [string, string];
  const older = Buffer.from(JSON.stringify({ e: own.epoch, s: '3:3:' })).toString('base64url');
  const otherEpoch = sealCheckpoint(database.serverKey, { ...own, epoch: randomUUID() }, holder);
  const future = sealCheckpoint(database.serverKey, { ...own, snapshot: '999999999:999999999:' }, holder);
  for (const bad of [
    'nonsense',
    `${payload}.`,
    `${older}.${mac}`,
    `${payload}x.${mac}`,
    studentsOwn,
    otherDevice,
    otherEpoch,
    future,
  ]) {
    const answer = await pull(client, bad);
    expect(answer.isReset, bad).toBe(true);
    expect(
      answer.docs.some(({ _deleted }) => _deleted),
      bad,
    ).toBe(false);
    expect(answer.docs.map(({ id }) => id).toSorted(), bad).toEqual(docs.map(({ id }) => id).toSorted());
  }
  expect((await pull(client, checkpoint)).isReset).toBe(false);
});

test('a new physical history of the database makes a new epoch, and the device starts over once', async () => {
  const { client, assignment } = await mentored();
  const { checkpoint } = await pull(client, null);
  await endAssignment(assignment);
  // As after a dump and reload: another cluster, whose transactions count from the beginning.
  await query("update sync_epoch set history = 'another cluster/1'");
  await query(
    "begin; alter table sync_rows disable trigger stamp; update sync_rows set xid = '88888888888', born = '88888888888'; alter table sync_rows enable trigger stamp; commit",
  );
  await query(
    "update sync_members set gained = '88888888888', gained_at = '88888888888:88888888888:' where lost is null",
  );
  const answer = await pull(client, checkpoint);
  expect(answer.isReset).toBe(true);
  expect(answer.docs.some(({ _deleted }) => _deleted)).toBe(false);
  const next = await pull(client, answer.checkpoint);
  expect(next.isReset).toBe(false);
  expect(next.docs).toEqual([]);
});

test('a suspended account reads nothing, and all of it again when the suspension ends', async () => {
  const { student, client } = await mentored();
  const scopes = async () =>
    (
      await database.server.query<{ scope: string }>(
        'select scope from sync_members where user_id = $1 and lost is null',
        [student.id],
      )
    ).rows;
  const before = await scopes();
  await query("update users set status = 'suspended' where id = $1", [student.id]);
  expect(await scopes()).toEqual([]);
  await query("update users set status = 'active' where id = $1", [student.id]);
  expect((await scopes()).map(({ scope }) => scope).toSorted()).toEqual(before.map(({ scope }) => scope).toSorted());
  expect((await pull(client, null)).docs.length).toBeGreaterThan(0);
});

test('a restricted student keeps rows and the attachments of lessons that were open', async () => {
  const student = await person('student');
  const { course, lesson } = await courseOfOne();
  await enrol(database.server, student.id, { course_id: course });
  const unlock = await openLesson(database.server, student.id, lesson);
  await query(
    "insert into recording_attachments (lesson_id, file_name, file_url) values ($1, 'Sheet', 'https://example.test/sheet')",
    [lesson],
  );
  const client = await signIn(student);
  const { docs, checkpoint } = await pull(client, null);
  await query("update users set lms_status = 'suspended', lms_status_reason = 'overdue' where id = $1", [student.id]);
  await query("update user_unlocks set is_unlocked = false, reason = 'account_restricted' where id = $1", [unlock]);
  const next = await pull(client, checkpoint);
  expect(next.docs.some(({ _deleted }) => _deleted)).toBe(false);
  const held = applyDocs(applyDocs(new Map(), docs), next.docs);
  expect([...held.values()].some(({ type }) => type === 'recording_attachments')).toBe(true);
});

test('eight writers with open transactions and a device that pulls in a loop: nothing is missed', async () => {
  const { mentor, client } = await mentored();
  const course = await createCourse(database.server);
  await coverCourse(database.server, mentor.id, course);
  const module = await createModule(database.server, course);
  const lessons = await Promise.all(
    Array.from({ length: 24 }, (_, at) => createLesson(database.server, module, { sequence_order: at + 1 })),
  );
  const first = await pull(client, null);
  const held = applyDocs(new Map(), first.docs);
  let checkpoint = first.checkpoint;
  let writing = true;
  const until = performance.now() + 3000;
  const writers = Array.from({ length: 8 }, (_, writer) => write(writer, lessons, until));
  const reader = (async () => {
    while (writing) {
      const answer = await pull(client, checkpoint);
      applyDocs(held, answer.docs);
      checkpoint = answer.checkpoint;
    }
  })();
  await Promise.all(writers);
  writing = false;
  await reader;
  applyDocs(held, (await pull(client, checkpoint)).docs);
  const { rows } = await database.server.query<{ id: string; recording_title: string }>(
    'select id, recording_title from available_lessons where module_id = $1',
    [module],
  );
  for (const { id, recording_title } of rows)
    expect(held.get(`available_lessons|${id}`)?.['recording_title']).toBe(recording_title);
});

/** Changes rows in transactions that stay open a while after their writes; each row belongs to one writer. */
async function write(writer: number, lessons: readonly string[], until: number): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const own = lessons.filter((_, at) => at % 8 === writer);
  try {
    for (let round = 0; performance.now() < until; round++) {
      await client.query('begin');
      for (const id of own.slice(0, 1 + (round % own.length))) {
        await client.query('update available_lessons set recording_title = $2 where id = $1', [
          id,
          `Round ${round} of ${writer}`,
        ]);
      }
      await client.query('select pg_sleep($1)', [((writer * 7 + round) % 10) / 200]);
      await client.query('commit');
    }
  } finally {
    await client.end();
  }
}

test('a long transaction elsewhere does not hold up what is committed', async () => {
  const { mentor, client } = await mentored();
  const blocker = new pg.Client({ connectionString: database.url });
  await blocker.connect();
  try {
    await blocker.query('begin');
    await blocker.query("insert into user_activity_logs (user_id, activity_type) values ($1, 'page_visit')", [
      mentor.id,
    ]);
    const { checkpoint } = await pull(client, null);
    await query("update mentors set bio = 'Written meanwhile' where id = $1", [mentor.id]);
    expect((await pull(client, checkpoint)).docs).toContainEqual(
      expect.objectContaining({ type: 'mentors', bio: 'Written meanwhile' }),
    );
  } finally {
    await blocker.query('rollback');
    await blocker.end();
  }
});
