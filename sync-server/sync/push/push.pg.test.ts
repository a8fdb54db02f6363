import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import type { Client } from '../../testing/api-client.ts';
import { minutesAgo, operation } from '../../testing/operations.ts';
import { assignMentor, type Person } from '../../testing/people.ts';
import { openPushStage, type PushStage } from '../../testing/push-stage.ts';
import { pull, push } from '../../testing/sync-client.ts';

let stage: PushStage;
let database: PushStage['database'];
let student: Person;
let mentor: Person;
let device: Client;
let assignment: string;
let note: PushStage['note'];
let work: PushStage['work'];
let column: PushStage['column'];
let profile: PushStage['profile'];
let signIn: PushStage['signIn'];

beforeAll(async () => {
  stage = await openPushStage();
  ({ database, student, mentor, device, assignment, note, work, column, profile, signIn } = stage);
});
afterAll(() => stage.close());

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
  const older = { ...profile({ avatar_file_id: randomUUID(), dream_goal_summary: 'First' }), client_at: minutesAgo(2) };
  const newer = { ...profile({ dream_goal_summary: 'Second' }, { base: older.op }), client_at: minutesAgo(1) };
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

test('a device pushes only under the session that was opened on it', async () => {
  const response = await device.call('POST', '/sync/v1/push', { ops: [note()] }, { 'x-device-id': randomUUID() });
  expect(response.status).toBe(403);
});

test('an old app may still push what it holds, but no longer pull', async () => {
  const headers = { 'sync-protocol': '0' };
  expect((await device.call('POST', '/sync/v1/push', { ops: [note()] }, headers)).status).toBe(200);
  expect((await device.call('POST', '/sync/v1/pull', { checkpoint: null }, headers)).status).toBe(426);
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
  const person = await stage.pupil();
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
