import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
const better = 'seven green lanterns';
let database: TestDatabase;
let server: TestServer;
let person: Person;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
});
beforeEach(async () => {
  person = await createPerson(database.server, 'student', { password });
  client = await server.signIn(person.email, password);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const put = async (body: unknown, by: Client = client) => {
  const response = await by.call('PUT', '/auth/v1/user', body);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const ageSession = () =>
  database.server.query(`update auth_sessions set created_at = now() - interval '1 hour' where user_id = $1`, [
    person.id,
  ]);

test('supabase-js changes the password right after signing in; the old one is void, other sessions end, this one stays', async () => {
  const other = await server.signIn(person.email, password);
  const { error } = await client.supabase.auth.updateUser({ password: better });
  expect(error).toBeNull();
  await expect(server.signIn(person.email, password)).rejects.toMatchObject({ code: 'invalid_credentials' });
  await server.signIn(person.email, better);
  expect((await other.call('GET', '/auth/v1/user')).status).toBe(403);
  expect((await client.call('GET', '/auth/v1/user')).status).toBe(200);
});

test('the change is audited and told by mail, without any secret', async () => {
  await put({ password: better });
  const audit = await database.server.query<{ entry: string }>(
    `select l::text as entry from admin_logs l where action = 'password_changed' and target_user_id = $1`,
    [person.id],
  );
  const mail = await database.server.query<{ entry: string }>(
    `select q::text as entry from email_queue q where template_key = 'password_changed' and user_id = $1`,
    [person.id],
  );
  expect([audit.rows.length, mail.rows.length]).toEqual([1, 1]);
  expect(audit.rows[0]!.entry + mail.rows[0]!.entry).not.toContain(better);
});

test('an older session must give the current password', async () => {
  await ageSession();
  expect(await put({ password: better })).toMatchObject({ status: 400, body: { code: 'reauthentication_needed' } });
  expect(await put({ password: better, current_password: 'wrong' })).toMatchObject({
    status: 400,
    body: { code: 'invalid_credentials' },
  });
  expect(await put({ password: better, current_password: password })).toMatchObject({ status: 200 });
});

test('the current password cannot be guessed from a stolen session', async () => {
  await ageSession();
  for (let i = 0; i < 5; i++) await put({ password: better, current_password: `guess ${i}` });
  expect(await put({ password: better, current_password: password })).toMatchObject({
    status: 400,
    body: { code: 'invalid_credentials' },
  });
});

test.each([
  ['short', 'abc def'],
  ['far too long', 'x'.repeat(129)],
  ['common', 'Password123'],
])('a %s password is refused as weak', async (_kind, given) => {
  const { error } = await client.supabase.auth.updateUser({ password: given });
  expect(error).toMatchObject({ code: 'weak_password', status: 422 });
});

test('length counts characters, and no kinds of characters are asked for', async () => {
  expect((await put({ password: 'ایک نیا لفظ' })).status).toBe(200);
});

test('the same password again is refused', async () => {
  expect(await put({ password })).toMatchObject({ status: 422, body: { code: 'same_password' } });
});

test('what a program keeps about an account is no right and no address', async () => {
  const { status, body } = await put({ email: 'else@example.test', data: { role: 'admin', theme: 'dark' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    email: person.email,
    new_email: 'else@example.test',
    role: 'authenticated',
    user_metadata: { role: 'admin', theme: 'dark' },
  });
  const { rows } = await database.server.query('select email::text, role from users where id = $1', [person.id]);
  expect(rows).toEqual([{ email: person.email, role: 'student' }]);
});

test('an account with a password somebody else chose can only choose its own', async () => {
  await database.server.query('update users set is_temp_password = true where id = $1', [person.id]);
  expect(await (await client.call('POST', '/functions/v1/whoami')).json()).toMatchObject({
    data: { password_required: true },
  });
  const refused = await client.call('POST', '/sync/v1/pull', { checkpoint: null });
  expect([refused.status, await refused.json()]).toMatchObject([
    403,
    { code: 'PERMISSION_DENIED', details: { reason: 'password_required' } },
  ]);
  expect((await put({ password: better })).status).toBe(200);
  expect(await (await client.call('POST', '/functions/v1/whoami')).json()).toMatchObject({
    data: { password_required: false },
  });
});
