import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertRow } from '../seed/insert-rows.ts';
import { createCompany, createPerson, type Person } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let ear: pg.Client;
let admin: Person;
let device: string;
let session: string;
const heard: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await createCompany(database.server);
  admin = await createPerson(database.server, 'admin');
  device = await insertRow(database.server, 'devices', { user_id: admin.id, label: 'Desk', platform: 'linux' });
  session = await insertRow(database.server, 'auth_sessions', {
    user_id: admin.id,
    device_id: device,
    not_after: '2999-01-01T00:00:00Z',
  });
  ear = new pg.Client({ connectionString: database.url });
  await ear.connect();
  ear.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await ear.query('listen sync_changes');
});
afterAll(async () => {
  await ear.end();
  await database.drop();
});

/** What is told on commit of this statement, and nothing of what comes after it. */
async function toldOf(statement: string, values: readonly unknown[]): Promise<string[]> {
  heard.length = 0;
  await database.server.query(statement, [...values]);
  const mark = randomUUID();
  await database.server.query("select pg_notify('sync_changes', $1)", [mark]);
  await expect.poll(() => heard.includes(mark)).toBe(true);
  return heard.slice(0, heard.indexOf(mark));
}

const ofSession = (change: string) => `update auth_sessions set ${change} where id = $1`;
const ofPerson = (change: string) => `update users set ${change} where id = $1`;

test.each([
  ['a session is revoked', ofSession('revoked_at = now()'), () => session],
  ['a session ends earlier', ofSession("not_after = now() + interval '1 hour'"), () => session],
  ['a session rises', ofSession("aal = 'aal2'"), () => session],
  ['all sessions of a person are revoked', ofPerson('sessions_revoked_at = now()'), () => admin.id],
  ['a sign-in is blocked', ofPerson('login_blocked = true'), () => admin.id],
  ['an account is no longer active', ofPerson("status = 'suspended'"), () => admin.id],
  ['a role changes', ofPerson("role = 'mentor'"), () => admin.id],
  ['a person is deleted', ofPerson('is_deleted = true'), () => admin.id],
  ['a device is revoked', 'update devices set revoked_at = now() where id = $1', () => device],
  [
    'a second factor is there',
    "insert into mfa_factors (user_id, factor_type, status, secret_enc) values ($1, 'totp', 'verified', 'sealed')",
    () => admin.id,
  ],
  ['a session goes', 'delete from auth_sessions where id = $1', () => session],
])('the servers are told when %s', async (_, statement, id) => {
  expect(await toldOf(statement, [id()])).toEqual([`ended ${admin.id}`]);
});

test('a rule for all of the staff may end anybody’s', async () => {
  expect(await toldOf('update company_settings set staff_mfa_required = not staff_mfa_required', [])).toEqual([
    'ended ',
  ]);
});

test('what happens all the time tells nothing', async () => {
  const other = await createPerson(database.server, 'student');
  const laptop = await insertRow(database.server, 'devices', { user_id: other.id, label: 'Laptop', platform: 'linux' });
  const signedIn = { user_id: other.id, device_id: laptop, not_after: '2999-01-01T00:00:00Z' };
  const fresh = await insertRow(database.server, 'auth_sessions', signedIn);
  expect(await toldOf(ofSession('refreshed_at = now()'), [fresh])).toEqual([]);
  expect(await toldOf(ofPerson("full_name = 'Renamed'"), [other.id])).toEqual([]);
  expect(await toldOf('update devices set last_sync_at = now() where id = $1', [laptop])).toEqual([]);
});
