import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { operation } from '../../testing/operations.ts';
import {
  assignMentor,
  createAssignment,
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  createSubmission,
  enrol,
  openLesson,
  type Person,
} from '../../testing/people.ts';
import { pull, push } from '../../testing/sync-client.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'correct horse battery';
let database: TestDatabase;
let server: TestServer;
let student: Person;
let other: Person;
let mentor: Person;
let device: Client;
let lesson: string;
let lockedLesson: string;
let assignment: string;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  const db = database.server;
  await createCompany(db);
  [student, other] = [await createPerson(db, 'student', { password }), await createPerson(db, 'student', { password })];
  mentor = await createPerson(db, 'mentor', { password });
  await assignMentor(db, mentor.id, student.id);
  const course = await createCourse(db);
  const module = await createModule(db, course);
  lesson = await createLesson(db, module);
  lockedLesson = await createLesson(db, module);
  assignment = await createAssignment(db, lesson);
  for (const { id } of [student, other]) {
    await enrol(db, id, { course_id: course });
    await openLesson(db, id, lesson);
  }
  device = await signIn(student);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const signIn = (person: Person, deviceId?: string): Promise<Client> => server.signIn(person.email, password, deviceId);
const note = (set: Record<string, unknown> = {}) =>
  operation('lesson_notes', randomUUID(), {
    set: { user_id: student.id, lesson_id: lesson, at_seconds: null, body: 'A thought', copy_of: null, ...set },
  });
const edit = (id: string, base: string | null, set: Record<string, unknown>) =>
  operation('lesson_notes', id, { base, set });
const rowsOf = async (ids: readonly string[]) => {
  const { rows } = await database.server.query<{ id: string; v: string; body: string; at: string }>(
    'select id, v, body, client_at as at from lesson_notes where id = any($1)',
    [ids],
  );
  return new Map(rows.map(({ id, ...row }) => [id, row]));
};
const work = (set: Record<string, unknown> = {}) =>
  operation('submissions', randomUUID(), {
    set: {
      assignment_id: assignment,
      student_id: student.id,
      content: 'My work.',
      links: [],
      file_ids: [],
      client_submitted_at: new Date().toISOString(),
      based_on: null,
      ...set,
    },
  });
const column = async (table: string, id: string, name: string): Promise<unknown> =>
  (
    await database.server.query<{ value: unknown }>(`select to_jsonb(t) -> $2 as value from ${table} t where id = $1`, [
      id,
      name,
    ])
  ).rows[0]?.value;
const minutesAgo = (count: number): string => new Date(Date.now() - count * 60_000).toISOString();
const user = (set: Record<string, unknown>, given = {}) =>
  operation('users', student.id, { base: randomUUID(), set, ...given });

test('a row made offline is written under its operation and answered as the person sees it', async () => {
  const op = note();
  expect(await push(device, [op])).toMatchObject([
    { op: op.op, s: 'ok', doc: { type: 'lesson_notes', id: op.id, v: op.op, body: 'A thought' } },
  ]);
  expect(await column('lesson_notes', op.id, 'origin_device_id')).toBe(device.deviceId);
});

test('an operation that came before gets its first verdict, and nothing is written twice', async () => {
  const [good, bad] = [note(), note({ lesson_id: randomUUID() })];
  const first = await push(device, [good, bad]);
  expect(first).toMatchObject([{ s: 'ok' }, { s: 'refused' }]);
  const again = await push(device, [good, bad]);
  expect(again).toEqual(first);
  const { rows } = await database.server.query('select from sync_rejections where doc_id = $1', [bad.id]);
  expect(rows).toHaveLength(1);
});

test('two devices that send the same operation at once both get the one verdict', async () => {
  const op = note();
  const answers = await Promise.all([push(device, [op]), push(device, [op]), push(device, [op])]);
  for (const verdicts of answers) expect(verdicts).toMatchObject([{ op: op.op, s: 'ok', doc: { v: op.op } }]);
});

test('the same operation with other content is refused as a duplicate and changes nothing', async () => {
  const op = note();
  await push(device, [op]);
  const forged = { ...op, set: { ...op.set, body: 'Something else' } };
  expect(await push(device, [forged])).toMatchObject([{ s: 'refused', code: 'duplicate', doc: { body: 'A thought' } }]);
  expect(await column('lesson_notes', op.id, 'body')).toBe('A thought');
});

test('one bad row applies the rest, also one that is no operation at all', async () => {
  const [a, b] = [note(), note()];
  const odd = { op: randomUUID(), type: 'lesson_notes', id: 'not-an-id', nonsense: true };
  const badColumn = note({ body: 7 });
  const unknownTable = { ...note(), type: 'no_such_table' };
  const verdicts = await push(device, [a, odd, badColumn, unknownTable, b]);
  expect(verdicts).toMatchObject([
    { op: a.op, s: 'ok' },
    { op: odd.op, s: 'refused', code: 'invalid', doc: null },
    { op: badColumn.op, s: 'refused', code: 'invalid' },
    { op: unknownTable.op, s: 'refused', code: 'not_allowed', doc: null },
    { op: b.op, s: 'ok' },
  ]);
});

test('what comes behind a write that waits, for the same row, waits with it and is not overwritten by it', async () => {
  const older = { ...user({ avatar_file_id: randomUUID(), dream_goal_summary: 'First' }), client_at: minutesAgo(2) };
  const newer = { ...user({ dream_goal_summary: 'Second' }, { base: older.op }), client_at: minutesAgo(1) };
  const elsewhere = note();
  expect(await push(device, [older, newer, elsewhere])).toMatchObject([
    { op: older.op, s: 'wait' },
    { op: newer.op, s: 'wait' },
    { op: elsewhere.op, s: 'ok' },
  ]);
  expect(await push(device, [{ ...older, set: { dream_goal_summary: 'First' } }, newer])).toMatchObject([
    { s: 'ok' },
    { s: 'ok' },
  ]);
  expect(await column('users', student.id, 'dream_goal_summary')).toBe('Second');
});

test('what a person does is noted as activity by the device’s time, in steps, and never back', async () => {
  const told = async <T>(column: string): Promise<T> =>
    (await database.server.query<{ told: T }>(`select ${column} as told from users where id = $1`, [student.id]))
      .rows[0]!.told;
  const active = () =>
    told<string | null>('to_char(last_active_at at time zone \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')');
  await database.server.query('update users set last_active_at = null where id = $1', [student.id]);
  const report = operation('error_logs', randomUUID(), {
    set: { user_id: student.id, message: 'broke', occurred_at: minutesAgo(50) },
  });
  await push(device, [report]);
  expect(await active()).toBeNull();
  const [hour, soon, older] = [minutesAgo(60), minutesAgo(50), minutesAgo(90)];
  await push(device, [{ ...note(), client_at: hour }]);
  expect(await active()).toBe(hour);
  await push(device, [{ ...note(), client_at: soon }]);
  await push(device, [{ ...note(), client_at: older }]);
  expect(await active()).toBe(hour);
  const later = minutesAgo(40);
  await push(device, [
    { ...note(), client_at: later },
    { ...note(), client_at: older },
  ]);
  expect(await active()).toBe(later);
  const before = await told<string>('v');
  await push(device, [note()]);
  expect(await told<string>('v')).toBe(before);
});

test('a row of somebody else is answered with a bare tombstone', async () => {
  const theirs = note();
  await push(device, [theirs]);
  const intruder = await signIn(other);
  const attempts = [
    { ...operation('lesson_notes', theirs.id, { base: theirs.op, set: { body: 'Mine now' } }) },
    { ...operation('lesson_notes', theirs.id, { base: theirs.op, deleted: true }) },
    { ...theirs, op: randomUUID(), set: { ...theirs.set, user_id: other.id } },
  ];
  for (const verdict of await push(intruder, attempts)) {
    const doc = 'doc' in verdict ? verdict.doc : null;
    expect(Object.keys(doc ?? {}).toSorted()).toEqual(['_deleted', 'id', 'type', 'v']);
    expect(doc?.v).not.toBe(theirs.op);
  }
  expect(await column('lesson_notes', theirs.id, 'body')).toBe('A thought');
  expect(await column('lesson_notes', theirs.id, 'is_deleted')).toBe(false);
});

test('a column of the server is ignored, not an error', async () => {
  const op = user({ full_name: 'New Name', status: 'suspended', lms_status: 'complete' });
  expect(await push(device, [op])).toMatchObject([
    { s: 'ok', doc: { full_name: 'New Name', status: 'active', lms_status: 'active' } },
  ]);
});

test('a student cannot raise their role', async () => {
  await push(device, [user({ role: 'superadmin', full_name: 'Still a student' })]);
  expect(await column('users', student.id, 'role')).toBe('student');
});

test('a student cannot change another person', async () => {
  expect(await push(device, [operation('users', other.id, { set: { full_name: 'Fool' } })])).toMatchObject([
    { s: 'refused', code: 'not_allowed' },
  ]);
  expect(await push(device, [operation('users', mentor.id, { set: { full_name: 'Fool' } })])).toMatchObject([
    { s: 'refused', code: 'not_allowed' },
  ]);
  expect(await column('users', other.id, 'full_name')).not.toBe('Fool');
});

test('a student cannot write rows for another person', async () => {
  const ops = [
    note({ user_id: other.id }),
    work({ student_id: other.id }),
    operation('user_activity_logs', randomUUID(), {
      set: {
        user_id: other.id,
        activity_type: 'page_visit',
        occurred_at: new Date().toISOString(),
        reference_id: null,
        metadata: {},
      },
    }),
    operation('recording_views', naturalId('recording_views', other.id, lesson), {
      set: { user_id: other.id, lesson_id: lesson, position_seconds: 5, watched_ranges: [[0, 5]] },
    }),
  ];
  for (const verdict of await push(device, ops)) expect(verdict).toMatchObject({ s: 'refused', code: 'not_allowed' });
});

test('a student cannot approve their own work', async () => {
  const id = await createSubmission(database.server, student.id, assignment);
  const review = operation('submission_reviews', randomUUID(), {
    set: {
      submission_id: id,
      submission_version: 1,
      reviewer_id: student.id,
      decision: 'approved',
      notes: null,
      score: null,
      reviewed_at_client: new Date().toISOString(),
    },
  });
  expect(await push(device, [review])).toMatchObject([{ s: 'refused', code: 'not_allowed' }]);
  const forged = operation('submissions', id, {
    base: randomUUID(),
    set: { status: 'approved', reviewed_by: student.id, score: 100 },
  });
  await push(device, [forged]);
  expect(await column('submissions', id, 'status')).toBe('pending');
  await database.server.query('delete from submissions where id = $1', [id]);
});

test('a student cannot unlock a lesson', async () => {
  const unlock = operation('user_unlocks', naturalId('user_unlocks', student.id, lockedLesson), {
    set: { user_id: student.id, lesson_id: lockedLesson, is_unlocked: true, unlocked_at: new Date().toISOString() },
  });
  expect(await push(device, [unlock])).toMatchObject([{ s: 'refused', code: 'not_allowed' }]);
  const { rows } = await database.server.query(
    'select from user_unlocks where user_id = $1 and lesson_id = $2 and is_unlocked',
    [student.id, lockedLesson],
  );
  expect(rows).toHaveLength(0);
});

test('work whose file has not come yet waits, and is judged anew when it comes again', async () => {
  const op = work({ file_ids: [randomUUID()], content: null });
  await database.server.query("update assignments set submission_type = 'file' where id = $1", [assignment]);
  expect(await push(device, [op])).toEqual([{ op: op.op, s: 'wait', reason: 'files' }]);
  const { rows } = await database.server.query('select from sync_ops where op = $1', [op.op]);
  expect(rows).toHaveLength(0);
  await database.server.query("update assignments set submission_type = 'text' where id = $1", [assignment]);
});

test('a refusal is kept with the text that was pushed, and reaches the device', async () => {
  const op = note({ lesson_id: randomUUID(), body: 'Words that must not be lost' });
  const [verdict] = await push(device, [op]);
  expect(verdict).toMatchObject({ s: 'refused' });
  const { docs } = await pull(device, null);
  expect(docs).toContainEqual(
    expect.objectContaining({
      type: 'sync_rejections',
      id: verdict?.s === 'refused' ? verdict.rejection_id : '',
      pushed_doc: expect.objectContaining({ body: 'Words that must not be lost' }),
    }),
  );
});

test('of two devices the newer edit of a column wins, column by column, in whichever order they arrive', async () => {
  const person = await createPerson(database.server, 'student', { password });
  const [first, second] = [await signIn(person), await signIn(person)];
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  // Both wrote without knowing of the other.
  const edit = (minutes: number, set: Record<string, unknown>) =>
    operation('users', person.id, { base: randomUUID(), set, client_at: at(minutes) });
  await push(first, [edit(10, { full_name: 'Ten minutes ago' })]);
  await push(second, [edit(20, { full_name: 'Twenty minutes ago', phone: '+923001234567' })]);
  expect(await column('users', person.id, 'full_name')).toBe('Ten minutes ago');
  expect(await column('users', person.id, 'phone')).toBe('+923001234567');
  await push(second, [edit(5, { full_name: 'Five minutes ago' })]);
  expect(await column('users', person.id, 'full_name')).toBe('Five minutes ago');
});

test('a device that said last what the row says already is not overruled by an older edit that comes in later', async () => {
  const person = await createPerson(database.server, 'student', { password });
  const [first, second] = [await signIn(person), await signIn(person)];
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const name = await column('users', person.id, 'full_name');
  const edit = (minutes: number, full_name: unknown) =>
    operation('users', person.id, { base: randomUUID(), set: { full_name }, client_at: at(minutes) });
  await push(first, [edit(5, name)]);
  await push(second, [edit(10, 'Older')]);
  expect(await column('users', person.id, 'full_name')).toBe(name);
  await push(second, [edit(3, 'Newer')]);
  expect(await column('users', person.id, 'full_name')).toBe('Newer');
});

test('of two devices whose clocks run ahead the one that is judged later wins, whichever push was there first', async () => {
  const person = await createPerson(database.server, 'student', { password });
  const elsewhere = await startServer(database);
  const [slow, fast] = [await signIn(person), await elsewhere.signIn(person.email, password)];
  const rename = (full_name: string) =>
    operation('users', person.id, {
      base: randomUUID(),
      set: { full_name },
      client_at: new Date(Date.now() + 18_000_000).toISOString(),
    });
  const connections = holdNextConnection();
  const overtaken = push(slow, [rename('Judged last')]);
  await connections.asked;
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(connections.askedAt()));
  await push(fast, [rename('Judged first')]);
  connections.letGo();
  expect(await overtaken).toMatchObject([{ s: 'ok' }]);
  expect(await column('users', person.id, 'full_name')).toBe('Judged last');
  await elsewhere.close();
});

/** Holds back the next connection that a person asks for, until it is let go. */
function holdNextConnection(): { asked: Promise<void>; askedAt(): number; letGo(): void } {
  const ask = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  let askedAt = 0;
  const connect = database.people.connect.bind(database.people);
  const spy = vi.spyOn(database.people, 'connect').mockImplementationOnce((async () => {
    askedAt = Date.now();
    ask.resolve();
    await answer.promise;
    return connect();
  }) as never);
  return {
    asked: ask.promise,
    askedAt: () => askedAt,
    letGo() {
      spy.mockRestore();
      answer.resolve();
    },
  };
}

test('of two writes of one device the later made wins, also when its clock was set back between them', async () => {
  const person = await createPerson(database.server, 'student', { password });
  const phone = await signIn(person);
  const from = (ms: number) => new Date(Date.now() + ms).toISOString();
  const first = operation('users', person.id, {
    base: randomUUID(),
    set: { full_name: 'First' },
    client_at: from(3_600_000),
  });
  await push(phone, [first]);
  // Meanwhile the server changes the row, so that the second write no longer stands on the present state.
  await database.server.query("update users set lms_status = 'complete' where id = $1", [person.id]);
  const second = operation('users', person.id, {
    base: first.op,
    set: { full_name: 'Second' },
    client_at: from(-60_000),
  });
  await push(phone, [second]);
  expect(await column('users', person.id, 'full_name')).toBe('Second');
});

test('two devices that watched apart make one row with both stretches', async () => {
  const id = naturalId('recording_views', student.id, lesson);
  const watched = (ranges: number[][], position: number) =>
    operation('recording_views', id, {
      set: {
        user_id: student.id,
        lesson_id: lesson,
        position_seconds: position,
        watched_ranges: ranges,
        duration_seconds: 600,
        last_watched_at: new Date().toISOString(),
      },
    });
  const second = await signIn(student);
  await push(device, [watched([[0, 5]], 5)]);
  const [verdict] = await push(second, [watched([[8, 12]], 12)]);
  expect(verdict).toMatchObject({
    s: 'ok',
    doc: {
      watched_ranges: [
        [0, 5],
        [8, 12],
      ],
    },
  });
});

test('a device pushes only under the session that was opened on it', async () => {
  const response = await device.call('POST', '/sync/v1/push', { ops: [note()] }, { 'x-device-id': randomUUID() });
  expect(response.status).toBe(403);
});

test('an old app may still push what it holds, but no longer pull', async () => {
  const headers = { 'sync-protocol': '0' };
  expect((await device.call('POST', '/sync/v1/push', { ops: [note()] }, headers)).status).toBe(200);
  expect((await device.call('POST', '/sync/v1/pull', { checkpoint: null }, headers)).status).toBe(426);
});

test('an operation of one person under the id another used is judged on its own', async () => {
  const op = note();
  await push(device, [op]);
  const theirs = { ...note({ user_id: other.id }), op: op.op };
  expect(await push(await signIn(other), [theirs])).toMatchObject([{ op: op.op, s: 'ok', doc: { user_id: other.id } }]);
});

test('in a long queue only what is wrong is refused, and what stands in it twice is written once', async () => {
  const ops = Array.from({ length: 120 }, () => note());
  const wrong = note({ lesson_id: randomUUID() });
  const queue = [...ops.slice(0, 70), wrong, ops[60]!, ...ops.slice(70)];
  const verdicts = await push(device, queue);
  expect(verdicts.map(({ op }) => op)).toEqual(queue.map(({ op }) => op));
  expect(verdicts.filter(({ s }) => s !== 'ok').map(({ op }) => op)).toEqual([wrong.op]);
  const { rows } = await database.server.query<{ v: string }>('select v from lesson_notes where id = any($1)', [
    ops.map(({ id }) => id),
  ]);
  expect(rows.map(({ v }) => v).toSorted()).toEqual(ops.map(({ op }) => op).toSorted());
});

test('a run of new rows hides neither a row of somebody else nor the same row twice', async () => {
  const ops = Array.from({ length: 60 }, () => note());
  const foreign = note({ user_id: other.id });
  const twice = { ...note({ body: 'Another text' }), id: ops[5]!.id };
  const taken = note();
  await push(await signIn(other), [{ ...taken, set: { ...taken.set, user_id: other.id } }]);
  const stolen = { ...note(), id: taken.id };
  const queue = [...ops.slice(0, 30), foreign, twice, stolen, ...ops.slice(30)];
  const verdicts = await push(device, queue);
  expect(verdicts.filter(({ s }) => s !== 'ok').map(({ op, s }) => [op, s])).toEqual([
    [foreign.op, 'refused'],
    [twice.op, 'conflict'],
    [stolen.op, 'refused'],
  ]);
  expect(await column('lesson_notes', ops[5]!.id, 'body')).toBe('A thought');
  expect(await column('lesson_notes', taken.id, 'user_id')).toBe(other.id);
  expect(await column('lesson_notes', foreign.id, 'id')).toBeUndefined();
});

test('what is there already is found among many new rows, also what was deleted and is made again', async () => {
  const [same, differs, gone] = [note(), note(), note()];
  await push(device, [same, differs, gone]);
  await push(device, [{ ...edit(gone.id, gone.op, {}), deleted: true }]);
  const again = [
    { ...note(), id: same.id },
    { ...note({ body: 'Another text' }), id: differs.id },
    { ...note(), id: gone.id },
  ];
  const ops = Array.from({ length: 130 }, () => note());
  const verdicts = await push(device, [...ops.slice(0, 60), ...again, ...ops.slice(60)]);
  expect(verdicts.toSpliced(60, 3).every(({ s }) => s === 'ok')).toBe(true);
  expect(verdicts.slice(60, 63)).toMatchObject([
    { s: 'ok', doc: { v: same.op } },
    { s: 'conflict', doc: { v: differs.op } },
    { s: 'ok', doc: { v: again[2]!.op, body: 'A thought' } },
  ]);
  expect(await rowsOf(ops.map(({ id }) => id))).toHaveProperty('size', 130);
  expect(await column('lesson_notes', differs.id, 'body')).toBe('A thought');
  expect(await column('lesson_notes', gone.id, 'is_deleted')).toBe(false);
});

test('many changes of rows at once are each judged under the same rules as alone', async () => {
  const ops = Array.from({ length: 130 }, () => note());
  expect((await push(device, ops)).every(({ s }) => s === 'ok')).toBe(true);
  const edits = ops.map(({ op, id }) => edit(id, op, { body: 'A better thought' }));
  const [stale, removed, ...plain] = edits;
  // Another device was there first; its text is kept beside the one that comes later.
  await push(await signIn(student), [edit(stale!.id, stale!.base, { body: 'From elsewhere' })]);
  const theirs = note({ user_id: other.id });
  await push(await signIn(other), [theirs]);
  const foreign = edit(theirs.id, theirs.op, { body: 'Not mine' });
  const gone = { ...removed!, set: {}, deleted: true };
  const verdicts = await push(device, [stale!, ...plain.slice(0, 60), foreign, gone, ...plain.slice(60)]);
  expect(verdicts.filter(({ s }) => s !== 'ok').map(({ op, s }) => [op, s])).toEqual([[foreign.op, 'refused']]);
  expect(await column('lesson_notes', theirs.id, 'body')).toBe('A thought');
  expect(await column('lesson_notes', gone.id, 'is_deleted')).toBe(true);
  const written = await rowsOf(plain.map(({ id }) => id));
  expect(written).toEqual(
    new Map(plain.map(({ id, op, client_at }) => [id, { v: op, body: 'A better thought', at: client_at }])),
  );
  const texts = await database.server.query<{ body: string }>(
    'select body from lesson_notes where id = $1 or copy_of = $1 order by body',
    [stale!.id],
  );
  expect(texts.rows.map(({ body }) => body)).toEqual(['A better thought', 'From elsewhere']);
  // Told again, each has its first verdict, and nothing is written twice.
  expect((await push(device, plain)).map(({ op, s }) => [op, s])).toEqual(plain.map(({ op }) => [op, 'ok']));
});

test('rows that came together are told apart when they come again', async () => {
  const ops = Array.from({ length: 20 }, () => note());
  const first = await push(device, ops);
  expect(first.every(({ s }) => s === 'ok')).toBe(true);
  expect(await push(device, [...ops.slice(10), note(), ...ops.slice(0, 10)])).toMatchObject(
    [...ops.slice(10), null, ...ops.slice(0, 10)].map((op) => ({
      s: 'ok',
      ...(op ? { op: op.op, doc: { v: op.op } } : {}),
    })),
  );
});

test('what waits for a row that was refused is refused as well, with its text', async () => {
  const thread = { id: naturalId('message_threads', 'direct:nobody'), member_key: 'direct:nobody' };
  const opened = operation('message_threads', thread.id, {
    set: { member_key: thread.member_key, kind: 'direct', subject: null, student_id: null, created_by: student.id },
  });
  const said = operation('messages', randomUUID(), {
    set: { user_id: student.id, thread_id: thread.id, content: 'Salam', file_ids: [] },
  });
  expect(await push(device, [said])).toMatchObject([{ s: 'wait' }]);
  expect(await push(device, [opened])).toMatchObject([{ s: 'refused' }]);
  expect(await push(device, [said])).toMatchObject([{ s: 'refused', code: 'not_allowed' }]);
  const { rows } = await database.server.query<{ text: string }>(
    `select pushed_doc ->> 'content' as text from sync_rejections where doc_id = $1`,
    [said.id],
  );
  expect(rows).toEqual([{ text: 'Salam' }]);
});

test('of somebody shut out while a push is at work nothing counts and nothing is refused', async () => {
  const person = await createPerson(database.server, 'student', { password });
  const { rows } = await database.server.query<{ id: string }>(
    'select m.course_id as id from available_lessons l join modules m on m.id = l.module_id where l.id = $1',
    [lesson],
  );
  await enrol(database.server, person.id, { course_id: rows[0]!.id });
  await openLesson(database.server, person.id, lesson);
  await assignMentor(database.server, mentor.id, person.id);
  const client = await signIn(person);
  const gate = await database.server.connect();
  await gate.query('begin');
  await gate.query('lock table milestones in access exclusive mode');
  const op = work({ student_id: person.id });
  const answer = push(client, [op]).then(
    () => 'answered',
    () => 'refused as a whole',
  );
  const waits = "select from pg_locks where not granted and relation = 'milestones'::regclass";
  await expect.poll(async () => (await database.server.query(waits)).rowCount, { timeout: 20_000 }).toBe(1);
  await database.server.query('update users set login_blocked = true where id = $1', [person.id]);
  await gate.query('rollback');
  gate.release();
  expect(await answer).toBe('refused as a whole');
  expect((await database.server.query('select from sync_ops where op = $1', [op.op])).rowCount).toBe(0);
  expect((await database.server.query('select from submissions where id = $1', [op.id])).rowCount).toBe(0);
});
