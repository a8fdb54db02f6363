import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OpenSession } from '#contract/api/sign-ins.ts';
import type { Role } from '#contract/roles.ts';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { setUpApp } from '../../testing/authenticator.ts';
import { createCompany, createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let person: Person;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  await createCompany(database.server);
});
beforeEach(async () => {
  person = await createPerson(database.server, 'student', { password });
  await settings({ staff_mfa_required: false, student_device_limit: 20 });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const settings = ({ staff_mfa_required, student_device_limit }: Record<string, unknown>) =>
  database.server.query('update company_settings set staff_mfa_required = $1, student_device_limit = $2', [
    staff_mfa_required,
    student_device_limit,
  ]);
const signIn = ({ email }: Person, deviceId?: string) => server.signIn(email, password, deviceId);
async function command(by: Client, name: string, input: unknown = {}) {
  const response = await by.call('POST', `/functions/v1/${name}`, input, { 'idempotency-key': randomUUID() });
  const body = (await response.json()) as { code?: string; details?: { reason?: string }; data?: never };
  return { status: response.status, ...body };
}
const listOf = async (by: Client) =>
  ((await command(by, 'list-sessions')).data as unknown as { sessions: OpenSession[] }).sessions;
const isOpen = async ({ call }: Client) => (await call('GET', '/auth/v1/user')).status === 200;

test('a person sees where they are signed in, newest first, and nobody else’s', async () => {
  await signIn(await createPerson(database.server, 'student', { password }));
  const first = await signIn(person);
  const second = await signIn(person);
  expect(await listOf(second)).toMatchObject([
    { is_current: true, device_id: second.deviceId, label: 'Test device', platform: 'linux', aal: 'aal1' },
    { is_current: false, device_id: first.deviceId },
  ]);
});

test('a person ends one of the own sessions at once; those of others do not exist', async () => {
  const here = await signIn(person);
  const there = await signIn(person);
  const other = await signIn(await createPerson(database.server, 'student', { password }));
  const [theirs] = await listOf(other);
  expect(await command(here, 'revoke-session', { session_id: theirs!.id })).toMatchObject({ status: 404 });
  const far = (await listOf(here)).find(({ is_current }) => !is_current)!;
  expect((await command(here, 'revoke-session', { session_id: far.id })).status).toBe(200);
  expect([await isOpen(here), await isOpen(there), await isOpen(other)]).toEqual([true, false, true]);
  expect((await there.supabase.auth.refreshSession()).error).toMatchObject({ code: 'session_expired' });
});

test('staff end sessions of those they manage, one or all; nobody upwards, and a try in vain is audited', async () => {
  const admin = await signIn(await createPerson(database.server, 'admin', { password }));
  const superadmin = await createPerson(database.server, 'superadmin', { password });
  const top = await signIn(superadmin);
  const [one, two] = [await signIn(person), await signIn(person)];
  const listed = await command(admin, 'list-user-sessions', { user_id: person.id });
  const { sessions } = listed.data as unknown as { sessions: OpenSession[] };
  expect(sessions.map(({ device_id }) => device_id)).toEqual([two.deviceId, one.deviceId]);
  const session_id = sessions[1]!.id;
  const ended = await command(admin, 'revoke-user-sessions', { user_id: person.id, session_id, reason: 'Lost phone' });
  expect(ended).toMatchObject({ status: 200, data: { ended: 1 } });
  expect([await isOpen(one), await isOpen(two)]).toEqual([false, true]);
  await command(admin, 'revoke-user-sessions', { user_id: person.id, reason: 'Lost phone' });
  expect(await isOpen(two)).toBe(false);

  for (const [name, input] of [
    ['list-user-sessions', { user_id: superadmin.id }],
    ['revoke-user-sessions', { user_id: superadmin.id, reason: 'Because' }],
    ['remove-user-factors', { user_id: superadmin.id, reason: 'Because' }],
  ] as const)
    expect(await command(admin, name, input)).toMatchObject({ status: 403 });
  expect(await isOpen(top)).toBe(true);
  const student = await signIn(person);
  expect(await command(student, 'revoke-user-sessions', { user_id: person.id, reason: 'Mine' })).toMatchObject({
    status: 403,
  });
});

test('staff take the factors of somebody whose phone is gone', async () => {
  const admin = await signIn(await createPerson(database.server, 'admin', { password }));
  const mentor = await createPerson(database.server, 'mentor', { password });
  const client = await signIn(mentor);
  await setUpApp(client.supabase, new Date());
  const input = { user_id: mentor.id, reason: 'Phone fell into the sea' };
  expect(await command(admin, 'remove-user-factors', input)).toMatchObject({ data: { removed: 1 } });
  const again = await signIn(mentor);
  expect(await command(again, 'whoami')).toMatchObject({ data: { second_step: 'none' } });
  expect((await client.supabase.auth.refreshSession()).error).toMatchObject({ code: 'session_expired' });
});

test('a student’s fourth device signs out the one that was away longest; staff have no limit', async () => {
  await settings({ staff_mfa_required: false, student_device_limit: 3 });
  const devices = [await signIn(person), await signIn(person), await signIn(person)];
  await database.server.query(`update auth_sessions set refreshed_at = now() - interval '1 day' where device_id = $1`, [
    devices[1]!.deviceId,
  ]);
  await signIn(person, devices[0]!.deviceId);
  expect(await Promise.all(devices.map(isOpen))).toEqual([true, true, true]);
  const fourth = await signIn(person);
  expect(await Promise.all([...devices, fourth].map(isOpen))).toEqual([true, false, true, true]);
  const mentor = await createPerson(database.server, 'mentor', { password });
  const many = [];
  for (let i = 0; i < 5; i++) many.push(await signIn(mentor));
  expect(await Promise.all(many.map(isOpen))).toEqual(many.map(() => true));
});

test.each([
  ['superadmin', 'enrol'],
  ['admin', 'enrol'],
  ['mentor', 'none'],
  ['enrollment_manager', 'none'],
  ['student', 'none'],
] satisfies [Role, string][])('with the duty of a second step, a %s owes: %s', async (role, second_step) => {
  const who = await createPerson(database.server, role, { password });
  const before = await signIn(who);
  await settings({ staff_mfa_required: true, student_device_limit: 20 });
  expect(await command(before, 'whoami')).toMatchObject({ data: { second_step } });
  const answer = await command(before, 'list-sessions');
  expect(answer).toMatchObject(
    second_step === 'none' ? { status: 200 } : { status: 403, details: { reason: 'mfa_enrolment_required' } },
  );
  // Set up in the very session that was shut, and it opens.
  const enrolled = await signIn(who);
  await setUpApp(enrolled.supabase, new Date());
  const { data } = await enrolled.supabase.auth.getSession();
  const headers = { authorization: `Bearer ${data.session!.access_token}` };
  expect((await enrolled.call('POST', '/functions/v1/list-sessions', {}, headers)).status).toBe(200);
});

test('a superadmin makes it a duty only after a step of their own', async () => {
  const superadmin = await createPerson(database.server, 'superadmin', { password });
  const client = await signIn(superadmin);
  expect(await command(client, 'set-security-settings', { staff_mfa_required: true })).toMatchObject({
    status: 409,
    details: { reason: 'own_factor_missing' },
  });
  await setUpApp(client.supabase, new Date());
  const { data } = await client.supabase.auth.getSession();
  const idle = await signIn(await createPerson(database.server, 'admin', { password }));
  const set = await client.call(
    'POST',
    '/functions/v1/set-security-settings',
    { staff_mfa_required: true },
    { authorization: `Bearer ${data.session!.access_token}`, 'idempotency-key': randomUUID() },
  );
  expect(await set.json()).toMatchObject({ data: { staff_mfa_required: true, student_device_limit: 20 } });
  expect(await isOpen(idle)).toBe(false);
  const admin = await signIn(await createPerson(database.server, 'admin', { password }));
  expect(await command(admin, 'set-security-settings', { student_device_limit: 1 })).toMatchObject({ status: 403 });
});
