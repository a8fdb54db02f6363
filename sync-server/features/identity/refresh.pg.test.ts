import { randomUUID } from 'node:crypto';
import type { Session } from '@supabase/supabase-js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSupabase, startServer, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
const day = 86_400_000;
let database: TestDatabase;
let server: TestServer;
let person: Person;
let skewMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, { clock: { now: () => new Date(Date.now() + skewMs) } });
});
beforeEach(async () => {
  skewMs = 0;
  person = await createPerson(database.server, 'student', { password });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const signIn = async (): Promise<Session> => (await server.signIn(person.email, password)).session;

type Answer = {
  status: number;
  code?: string;
  access_token?: string;
  refresh_token?: string;
  retryAfter: string | null;
};
async function refresh(refresh_token: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${server.url}/auth/v1/token?grant_type=refresh_token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ refresh_token }),
  });
  const body = (await response.json()) as Omit<Answer, 'status' | 'retryAfter'>;
  return { ...body, status: response.status, retryAfter: response.headers.get('retry-after') };
}
const works = async (accessToken: string | undefined): Promise<boolean> =>
  (await fetch(`${server.url}/auth/v1/user`, { headers: { authorization: `Bearer ${accessToken}` } })).ok;

test('supabase-js rotates the refresh token', async () => {
  const supabase = createSupabase(server.url);
  const signedIn = await supabase.auth.signInWithPassword({ email: person.email, password });
  const { data, error } = await supabase.auth.refreshSession();
  expect(error).toBeNull();
  expect(data.session?.refresh_token).not.toBe(signedIn.data.session?.refresh_token);
  expect(await works(data.session?.access_token)).toBe(true);
});

test('no refresh token is stored, only hashes', async () => {
  const { refresh_token } = await signIn();
  const next = await refresh(refresh_token);
  const { rows } = await database.server.query<{ row: string }>('select t::text as row from refresh_tokens t');
  expect(rows.length).toBeGreaterThan(1);
  for (const { row } of rows) {
    expect(row).not.toContain(refresh_token);
    expect(row).not.toContain(next.refresh_token);
  }
});

test('a lost answer is given again: the last token still works while its successor was never used', async () => {
  const { refresh_token } = await signIn();
  const first = await refresh(refresh_token);
  const again = await refresh(refresh_token);
  expect(again.status).toBe(200);
  expect(again.refresh_token).toBe(first.refresh_token);
  expect((await refresh(first.refresh_token!)).status).toBe(200);
});

test('two refreshes at once both get the same session', async () => {
  const { refresh_token } = await signIn();
  const answers = await Promise.all([refresh(refresh_token), refresh(refresh_token), refresh(refresh_token)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
});

test('a token two steps old revokes the whole family', async () => {
  const { refresh_token } = await signIn();
  const second = await refresh(refresh_token);
  const third = await refresh(second.refresh_token!);
  expect(await works(third.access_token)).toBe(true);

  expect(await refresh(refresh_token)).toMatchObject({ status: 400, code: 'refresh_token_already_used' });
  expect(await works(third.access_token)).toBe(false);
  expect(await refresh(third.refresh_token!)).toMatchObject({ status: 400, code: 'session_expired' });
  const { rows } = await database.server.query(`select action from admin_logs where target_user_id = $1`, [person.id]);
  expect(rows).toContainEqual({ action: 'refresh_token_reused' });
});

test('a revoked family leaves the sessions of other devices alone', async () => {
  const other = await signIn();
  const { refresh_token } = await signIn();
  const second = await refresh(refresh_token);
  await refresh(second.refresh_token!);
  await refresh(refresh_token);
  expect(await works(other.access_token)).toBe(true);
});

test('a token nobody made is refused', async () => {
  expect(await refresh('x'.repeat(43))).toMatchObject({ status: 400, code: 'refresh_token_not_found' });
});

test('a refresh token is worth nothing on another device, and the session goes on where it lives', async () => {
  const deviceId = randomUUID();
  const { session } = await server.signIn(person.email, password, deviceId);
  expect(await refresh(session.refresh_token, { 'x-device-id': randomUUID() })).toMatchObject({
    code: 'refresh_token_not_found',
  });
  expect((await refresh(session.refresh_token, { 'x-device-id': deviceId })).status).toBe(200);
});

test('a session lives 30 days from its last refresh and no longer', async () => {
  const { refresh_token } = await signIn();
  skewMs = 29 * day;
  const kept = await refresh(refresh_token);
  expect(kept.status).toBe(200);
  skewMs = 58 * day;
  const keptAgain = await refresh(kept.refresh_token!);
  expect(keptAgain.status).toBe(200);
  skewMs = 89 * day;
  expect(await refresh(keptAgain.refresh_token!)).toMatchObject({ status: 400, code: 'session_expired' });
});

test('an access token ends after 15 minutes although its session goes on', async () => {
  const { access_token, refresh_token } = await signIn();
  skewMs = 14 * 60_000;
  expect(await works(access_token)).toBe(true);
  skewMs = 16 * 60_000;
  expect(await works(access_token)).toBe(false);
  expect(await works((await refresh(refresh_token)).access_token)).toBe(true);
});

test('a blocked account cannot refresh, and hears why although its sessions were ended too', async () => {
  const { refresh_token } = await signIn();
  await database.server.query('update users set login_blocked = true, sessions_revoked_at = now() where id = $1', [
    person.id,
  ]);
  expect(await refresh(refresh_token)).toMatchObject({ status: 400, code: 'user_banned' });
});
