import { afterAll, beforeAll, expect, test } from 'vitest';
import { operation } from '../testing/operations.ts';
import { openPushStage, type PushStage } from '../testing/push-stage.ts';
import { push } from '../testing/sync-client.ts';

let stage: PushStage;

beforeAll(async () => {
  stage = await openPushStage();
});
afterAll(() => stage.close());

const deviceOf = async (user: string): Promise<string> => {
  const { rows } = await stage.database.server.query<{ device_id: string }>(
    'select device_id from auth_sessions where user_id = $1 order by created_at desc limit 1',
    [user],
  );
  return rows[0]!.device_id;
};

test('a row says which device it came from, whatever the device says itself', async () => {
  const person = await stage.stranger();
  const device = await stage.signIn(person);
  const other = await deviceOf(stage.student.id);
  const set = { full_name: 'Another name', origin_device_id: other };
  await push(device, [operation('users', person.id, { base: null, set })]);
  expect(await stage.column('users', person.id, 'full_name')).toBe('Another name');
  expect(await stage.column('users', person.id, 'origin_device_id')).toBe(await deviceOf(person.id));
});

test('where a device is deleted every table forgets it, and no other', async () => {
  const [first, second] = [await stage.signIn(stage.student), await stage.signIn(stage.student)];
  const [gone, kept] = [stage.note(), stage.note()];
  await push(first, [gone, operation('users', stage.student.id, { base: null, set: { full_name: 'By the first' } })]);
  await push(second, [kept]);
  const origin = (table: string, id: string) => stage.column(table, id, 'origin_device_id');
  const [deleted, other] = [await origin('lesson_notes', gone.id), await origin('lesson_notes', kept.id)];
  expect([deleted, other, deleted === other]).toEqual([expect.any(String), expect.any(String), false]);
  expect(await origin('users', stage.student.id)).toBe(deleted);

  await stage.database.server.query('delete from devices where id = $1', [deleted]);
  expect(await origin('lesson_notes', gone.id)).toBeNull();
  expect(await origin('users', stage.student.id)).toBeNull();
  expect(await origin('lesson_notes', kept.id)).toBe(other);
});

test('no row of a push has its device looked up again', async () => {
  const { rows } = await stage.database.server.query<{ conname: string }>(
    `select conname from pg_constraint where contype = 'f' and confrelid = 'devices'::regclass and conname like '%origin%'`,
  );
  expect(rows).toEqual([]);
});
