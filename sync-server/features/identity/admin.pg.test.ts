import { createHash, randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSupabase, startServer, type TestServer } from '../../testing/api-client.ts';
import { createPerson } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const serviceKey = `service-${randomUUID()}`;
const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, {
    env: { SERVICE_KEY_HASH: createHash('sha256').update(serviceKey).digest('hex') },
  });
  await createPerson(database.server, 'superadmin', { password, email: 'sana@example.test' });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const operator = () =>
  createClient(server.url, serviceKey, { auth: { persistSession: false, autoRefreshToken: false } }).auth.admin;
const list = (headers: Record<string, string>) => fetch(`${server.url}/auth/v1/admin/users`, { headers });

test('supabase-js with the service key creates, reads, lists and deactivates accounts', async () => {
  const created = await operator().createUser({
    email: 'New.Student@Example.test',
    password,
    user_metadata: { full_name: 'New Student' },
  });
  expect(created.error).toBeNull();
  const id = created.data.user!.id;
  expect((await operator().getUserById(id)).data.user).toMatchObject({
    email: 'new.student@example.test',
    user_metadata: { full_name: 'New Student' },
  });
  const listed = await operator().listUsers({ page: 1, perPage: 50 });
  expect(listed.data.users.map((user) => user.id)).toContain(id);
  expect(listed.data).toMatchObject({ total: 2, lastPage: 1 });

  const { call } = await server.signIn('new.student@example.test', password);
  expect(await (await call('POST', '/functions/v1/whoami')).json()).toMatchObject({ data: { role: 'student' } });
  expect((await operator().deleteUser(id)).error).toBeNull();
  expect((await call('POST', '/functions/v1/whoami')).status).toBe(401);
  await expect(server.signIn('new.student@example.test', password)).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
  expect((await operator().getUserById(id)).error).toMatchObject({ code: 'user_not_found' });
  expect((await operator().listUsers()).data.users.map((user) => user.id)).not.toContain(id);
  const kept = await database.server.query(
    'select s.student_number from users u join students s on s.id = u.id where u.id = $1',
    [id],
  );
  expect(kept.rows).toEqual([{ student_number: expect.stringMatching(/^STU\d{6}$/) }]);
});

test('what the key does is audited', async () => {
  const { data } = await operator().createUser({
    email: 'audited@example.test',
    password,
    app_metadata: { role: 'mentor' },
  });
  await operator().deleteUser(data.user!.id);
  const { rows } = await database.server.query(
    'select action, performed_by, ip from admin_logs where target_user_id = $1 order by created_at',
    [data.user!.id],
  );
  expect(rows).toEqual([
    { action: 'user_created', performed_by: null, ip: '127.0.0.1' },
    { action: 'user_deactivated', performed_by: null, ip: '127.0.0.1' },
  ]);
});

test('reading with the key leaves a line too', async () => {
  await list({ authorization: `Bearer ${serviceKey}` });
  const { rows } = await database.server.query(
    `select distinct description, ip from admin_logs where action = 'service_key_used'`,
  );
  expect(rows).toContainEqual({ description: 'GET /auth/v1/admin/users', ip: '127.0.0.1' });
});

test('an address is used once, whatever its case', async () => {
  await operator().createUser({ email: 'twice@example.test', password });
  expect((await operator().createUser({ email: 'Twice@Example.test', password })).error).toMatchObject({
    code: 'email_exists',
  });
});

test('a role outside the five, and a weak password, are refused', async () => {
  expect(
    (await operator().createUser({ email: 'a@example.test', password, app_metadata: { role: 'viewer' } })).error,
  ).toMatchObject({ code: 'validation_failed' });
  expect((await operator().createUser({ email: 'b@example.test', password: '12345678' })).error).toMatchObject({
    code: 'weak_password',
  });
});

test('the last superadmin stays', async () => {
  const { rows } = await database.server.query<{ id: string }>(`select id from users where role = 'superadmin'`);
  expect((await operator().deleteUser(rows[0]!.id)).error).toMatchObject({ code: 'conflict' });
});

test('the last superadmin is neither banned nor given another role', async () => {
  const { rows } = await database.server.query<{ id: string }>(`select id from users where role = 'superadmin'`);
  const id = rows[0]!.id;
  expect((await operator().updateUserById(id, { ban_duration: '24h' })).error).toMatchObject({ code: 'conflict' });
  expect((await operator().updateUserById(id, { app_metadata: { role: 'admin' } })).error).toMatchObject({
    code: 'conflict',
  });
});

test('an operator changes name, password, role and ban; what weighs ends the sessions', async () => {
  const { data } = await operator().createUser({ email: 'changing@example.test', password });
  const id = data.user!.id;
  const before = await server.signIn('changing@example.test', password);
  await operator().updateUserById(id, { user_metadata: { full_name: 'Another Name' } });
  expect((await before.call('GET', '/auth/v1/user')).status).toBe(200);
  await operator().updateUserById(id, { password: 'eleven blue kites', app_metadata: { role: 'mentor' } });
  expect((await before.call('GET', '/auth/v1/user')).status).toBe(403);
  const after = await server.signIn('changing@example.test', 'eleven blue kites');
  expect(await (await after.call('POST', '/functions/v1/whoami')).json()).toMatchObject({
    data: { role: 'mentor', full_name: 'Another Name' },
  });
  const entry = await database.server.query('select display_name from mentors where id = $1', [id]);
  expect(entry.rows).toEqual([{ display_name: 'Another Name' }]);
  await operator().updateUserById(id, { ban_duration: '876000h' });
  await expect(server.signIn('changing@example.test', 'eleven blue kites')).rejects.toMatchObject({
    code: 'user_banned',
  });
  await operator().updateUserById(id, { ban_duration: 'none' });
  await server.signIn('changing@example.test', 'eleven blue kites');
  const log = await database.server.query<{ entry: string }>(
    `select l::text as entry from admin_logs l where target_user_id = $1`,
    [id],
  );
  expect(log.rows.map(({ entry: line }) => line).join('')).not.toContain('kites');
});

test('an invited person gets a mail and chooses the password by link', async () => {
  const { data, error } = await operator().inviteUserByEmail('invited@example.test', {
    data: { full_name: 'Invited Person', role: 'mentor' },
  });
  expect(error).toBeNull();
  const mail = await database.server.query('select recipient_email, payload from email_queue where user_id = $1', [
    data.user!.id,
  ]);
  expect(mail.rows).toEqual([{ recipient_email: 'invited@example.test', payload: {} }]);
  const link = await operator().generateLink({ type: 'invite', email: 'invited@example.test' });
  const supabase = createSupabase(server.url);
  await supabase.auth.verifyOtp({ token_hash: link.data.properties!.hashed_token, type: 'invite' });
  expect((await supabase.auth.updateUser({ password: 'my own first words' })).error).toBeNull();
  const { call } = await server.signIn('invited@example.test', 'my own first words');
  expect(await (await call('POST', '/functions/v1/whoami')).json()).toMatchObject({
    data: { password_required: false, role: 'mentor' },
  });
});

test('a made link lets its person in', async () => {
  const { data } = await operator().generateLink({ type: 'recovery', email: 'sana@example.test' });
  const response = await fetch(data.properties!.action_link.replace(/^http:\/\/[^/]+/, server.url), {
    redirect: 'manual',
  });
  expect(response.headers.get('location')).toContain('access_token=');
});

test('the key is refused from a page, and also as apikey', async () => {
  expect((await list({ authorization: `Bearer ${serviceKey}` })).status).toBe(200);
  expect((await list({ apikey: serviceKey })).status).toBe(200);
  for (const origin of ['https://learn.example.test', 'app://growthos', 'null'])
    expect((await list({ authorization: `Bearer ${serviceKey}`, origin })).status).toBe(403);
});

test('nobody else gets in: no key, a wrong key, a superadmin’s token', async () => {
  const { session } = await server.signIn('sana@example.test', password);
  for (const key of ['wrong', 'growth-os-web', session.access_token])
    expect((await list({ authorization: `Bearer ${key}` })).status).toBe(403);
  for (const headers of [{ authorization: 'Bearer ' }, {}] as Record<string, string>[])
    expect((await list(headers)).status).toBe(401);
});

test('the key opens nothing but the admin routes', async () => {
  const headers = { authorization: `Bearer ${serviceKey}`, apikey: serviceKey };
  expect((await fetch(`${server.url}/functions/v1/whoami`, { method: 'POST', headers })).status).toBe(401);
  expect((await fetch(`${server.url}/auth/v1/user`, { headers })).status).toBe(403);
});

test('without a configured hash there is no key at all', async () => {
  const plain = await startServer(database);
  const { status } = await fetch(`${plain.url}/auth/v1/admin/users`, {
    headers: { authorization: `Bearer ${serviceKey}` },
  });
  await plain.close();
  expect(status).toBe(403);
});
