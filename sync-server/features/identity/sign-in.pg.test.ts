import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSupabase, startServer, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let ayesha: Person;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  ayesha = await createPerson(database.server, 'student', { password });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

test('a right password opens a session bound to the device', async () => {
  const deviceId = randomUUID();
  const { session, call } = await server.signIn(ayesha.email.toUpperCase(), password, deviceId);
  expect(session.user).toMatchObject({
    id: ayesha.id,
    email: ayesha.email,
    role: 'authenticated',
    user_metadata: { full_name: ayesha.full_name },
  });
  expect(session.expires_in).toBe(900);

  const whoami = await (await call('POST', '/functions/v1/whoami')).json();
  expect(whoami).toMatchObject({
    success: true,
    data: { id: ayesha.id, role: 'student', device_id: deviceId, restricted: false, protocol: { current: 1 } },
  });

  const device = await database.server.query(
    'select user_id, label, platform, app_version from devices where id = $1',
    [deviceId],
  );
  expect(device.rows).toEqual([{ user_id: ayesha.id, label: 'Test device', platform: 'linux', app_version: '0.1.0' }]);
  const activity = await database.server.query(`select activity_type from user_activity_logs where user_id = $1`, [
    ayesha.id,
  ]);
  expect(activity.rows).toContainEqual({ activity_type: 'login' });
  const user = await database.server.query<{ last_login_at: string }>('select last_login_at from users where id = $1', [
    ayesha.id,
  ]);
  expect(user.rows[0]?.last_login_at).toBe(session.user.last_sign_in_at);
});

test('a device that signs in again keeps the name its person gave it', async () => {
  const deviceId = randomUUID();
  const label = async (): Promise<string> =>
    (await database.server.query<{ label: string }>('select label from devices where id = $1', [deviceId])).rows[0]!
      .label;
  await server.signIn(ayesha.email, password, deviceId);
  await database.server.query("update devices set label = 'The one in the kitchen' where id = $1", [deviceId]);
  await server.signIn(ayesha.email, password, deviceId);
  expect(await label()).toBe('The one in the kitchen');
  // Of one that named none there is nothing to keep.
  await database.server.query("update devices set label = 'Unnamed device' where id = $1", [deviceId]);
  await server.signIn(ayesha.email, password, deviceId);
  expect(await label()).toBe('Test device');
});

test('the access token says who and which session, and nothing about the role', async () => {
  const { supabase, session } = await server.signIn(ayesha.email, password);
  const { data, error } = await supabase.auth.getClaims(session.access_token);
  expect(error).toBeNull();
  expect(data?.header).toMatchObject({ alg: 'ES256', typ: 'JWT' });
  expect(Object.keys(data!.claims).toSorted()).toEqual(
    ['aal', 'amr', 'aud', 'exp', 'iat', 'is_anonymous', 'iss', 'role', 'session_id', 'sub'].toSorted(),
  );
  expect(data!.claims).toMatchObject({ sub: ayesha.id, role: 'authenticated', aal: 'aal1' });
});

test('a wrong password is refused with a code that supabase-js understands', async () => {
  const supabase = createSupabase(server.url);
  const { error } = await supabase.auth.signInWithPassword({ email: ayesha.email, password: 'not this one' });
  expect(error).toMatchObject({ code: 'invalid_credentials', status: 400 });
});

test('getUser answers with the account of the token', async () => {
  const { supabase, session } = await server.signIn(ayesha.email, password);
  const { data } = await supabase.auth.getUser(session.access_token);
  expect(data.user).toMatchObject({ id: ayesha.id, email: ayesha.email });
});
