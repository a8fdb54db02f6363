import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
beforeAll(async () => (database = await createTestDatabase()));
afterAll(() => database.drop());

test('a migrated database is left as it is, also by several processes at once', async () => {
  const runs = await Promise.all([1, 2, 3].map(() => migrate({ databaseUrl: database.url })));
  expect(runs.flatMap((run) => run.applied)).toEqual([]);
});

test('the login for people has no rights of its own and cannot become the owner', async () => {
  const { rows } = await database.server.query<{ owner: string }>('select current_user as owner');
  await expect(database.people.query(`set role ${rows[0]!.owner}`)).rejects.toThrow(/permission denied/);
  await expect(database.people.query('select * from server_secrets')).rejects.toThrow(/permission denied/);
  await expect(database.people.query('select * from users')).rejects.toThrow(/permission denied/);
  await expect(database.people.query('create table anything (id int)')).rejects.toThrow(/permission denied/);
});

test('the server key opens the wall of derived writes, anything else does not', async () => {
  await database.server.query('select app_check_server_key($1)', [database.serverKey]);
  await expect(database.server.query("select app_check_server_key('guess')")).rejects.toThrow('not the server');
});

test('both pools read values as the wire wants them', async () => {
  const { rows } = await database.people.query(
    "select '2026-11-22 10:00:00.5+05'::timestamptz as at, 7::int8 as n, '2026-11-22'::date as day",
  );
  expect(rows).toEqual([{ at: '2026-11-22T05:00:00.500Z', n: 7, day: '2026-11-22' }]);
});

test('a process that starts anew waits for nobody who is writing', async () => {
  const writer = await database.server.connect();
  try {
    await writer.query('begin; lock table users in row exclusive mode');
    await migrate({ databaseUrl: database.url });
    const { rows } = await writer.query('select from pg_locks where not granted');
    expect(rows).toEqual([]);
  } finally {
    await writer.query('rollback');
    writer.release();
  }
});

test.each([
  [
    'a right',
    'grant truncate on users to app_student',
    "select has_table_privilege('app_student', 'users', 'truncate') as stands",
  ],
  [
    'a trigger',
    'alter table users disable trigger user',
    "select bool_or(tgenabled = 'D') as stands from pg_trigger where tgrelid = 'users'::regclass and tgname like 'sync\\_%'",
  ],
  [
    'a column right',
    'grant update (role) on users to app_student',
    "select has_column_privilege('app_student', 'users', 'role', 'update') as stands",
  ],
])('%s that was changed by hand is put back', async (_what, change, question) => {
  const stands = async () => (await database.server.query<{ stands: boolean }>(question)).rows[0]!.stands;
  await database.server.query(change);
  expect(await stands()).toBe(true);
  await migrate({ databaseUrl: database.url });
  expect(await stands()).toBe(false);
});

test('a policy that its file no longer names is gone after the next deploy', async () => {
  await database.server.query('create policy leftover on server_secrets using (true)');
  await migrate({ databaseUrl: database.url });
  const { rows } = await database.server.query("select from pg_policies where policyname = 'leftover'");
  expect(rows).toEqual([]);
});
