import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSupabase, startServer, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let person: Person;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
});
beforeEach(async () => {
  person = await createPerson(database.server, 'mentor', { password });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

async function signedIn() {
  const supabase = createSupabase(server.url);
  const { data } = await supabase.auth.signInWithPassword({ email: person.email, password });
  const { access_token, refresh_token } = data.session!;
  const status = async () =>
    (
      await fetch(`${server.url}/functions/v1/whoami`, {
        method: 'POST',
        headers: { authorization: `Bearer ${access_token}` },
      })
    ).status;
  const canRefresh = async () =>
    (await createSupabase(server.url).auth.refreshSession({ refresh_token })).error === null;
  return { supabase, status, canRefresh };
}

test('local ends this session at once and no other', async () => {
  const [here, there] = [await signedIn(), await signedIn()];
  expect(await here.status()).toBe(200);
  const { error } = await here.supabase.auth.signOut({ scope: 'local' });
  expect(error).toBeNull();
  expect(await here.status()).toBe(401);
  expect(await here.canRefresh()).toBe(false);
  expect(await there.status()).toBe(200);
});

test('others ends every session but this one', async () => {
  const [here, there] = [await signedIn(), await signedIn()];
  await here.supabase.auth.signOut({ scope: 'others' });
  expect(await here.status()).toBe(200);
  expect(await there.status()).toBe(401);
});

test('global ends all sessions of this person and nobody else', async () => {
  const [here, there] = [await signedIn(), await signedIn()];
  const other = await createPerson(database.server, 'mentor', { password });
  const stranger = await server.signIn(other.email, password);
  await here.supabase.auth.signOut();
  expect([await here.status(), await there.status()]).toEqual([401, 401]);
  expect([await here.canRefresh(), await there.canRefresh()]).toEqual([false, false]);
  expect((await stranger.call('POST', '/functions/v1/whoami')).status).toBe(200);
});

test('an ended session is told apart from a bad token, in supabase-js words', async () => {
  const here = await signedIn();
  await here.supabase.auth.signOut({ scope: 'others' });
  const { data } = await here.supabase.auth.getSession();
  await database.server.query('update auth_sessions set revoked_at = now() where user_id = $1', [person.id]);
  const { error } = await here.supabase.auth.getUser(data.session!.access_token);
  expect(error?.name).toBe('AuthSessionMissingError');
});
