import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asServer } from '../../db/as-actor.ts';
import { createSupabase, startServer, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { mintLink } from './links.ts';

const password = 'a calm river at dawn';
const better = 'seven green lanterns';
let database: TestDatabase;
let server: TestServer;
let person: Person;
let skewMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, {
    clock: { now: () => new Date(Date.now() + skewMs) },
    env: { PUBLIC_URL: 'https://learn.example.test' },
  });
});
beforeEach(async () => {
  skewMs = 0;
  person = await createPerson(database.server, 'student', { password });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const mint = (kind: 'recovery' | 'invite' = 'recovery') =>
  asServer(database.server, (tx) => mintLink(tx, person.id, kind, new Date()));
const queued = async (): Promise<unknown[]> =>
  (
    await database.server.query(
      `select recipient_email, payload, body from email_queue where template_key = 'password_reset' and user_id = $1`,
      [person.id],
    )
  ).rows;
const verify = (token_hash: string, type: 'recovery' | 'invite' = 'recovery') =>
  createSupabase(server.url).auth.verifyOtp({ token_hash, type });

test('asking for a link queues a mail without a secret in it, at most three an hour', async () => {
  const supabase = createSupabase(server.url);
  for (let i = 0; i < 5; i++) expect((await supabase.auth.resetPasswordForEmail(person.email)).error).toBeNull();
  await expect
    .poll(queued)
    .toEqual(Array.from({ length: 3 }, () => ({ recipient_email: person.email, payload: {}, body: null })));
});

test('an unknown address gets the same answer and no mail', async () => {
  const ask = async (email: string) => {
    const response = await fetch(`${server.url}/auth/v1/recover`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    });
    return [response.status, await response.text()];
  };
  const unknown = `nobody-${randomUUID()}@example.test`;
  expect(await ask(unknown)).toEqual(await ask(person.email));
  await expect.poll(queued).toHaveLength(1);
  const { rows } = await database.server.query('select from email_queue where recipient_email = $1', [unknown]);
  expect(rows).toHaveLength(0);
});

test('a link opens a session once, in which the password is chosen', async () => {
  const token = await mint();
  const supabase = createSupabase(server.url);
  const { data, error } = await supabase.auth.verifyOtp({ token_hash: token, type: 'recovery' });
  expect(error).toBeNull();
  expect(data.user?.id).toBe(person.id);
  expect((await supabase.auth.updateUser({ password: better })).error).toBeNull();
  await server.signIn(person.email, better);
  expect((await verify(token)).error).toMatchObject({ code: 'otp_expired' });
});

test('a link with the address works only with the right address', async () => {
  const token = await mint();
  const supabase = createSupabase(server.url);
  expect((await supabase.auth.verifyOtp({ email: 'other@example.test', token, type: 'recovery' })).error).toMatchObject(
    { code: 'otp_expired' },
  );
  expect((await supabase.auth.verifyOtp({ email: person.email, token, type: 'recovery' })).error).toBeNull();
});

test('a link is refused when it is too old, of another kind, replaced, or forged', async () => {
  const first = await mint();
  const second = await mint();
  expect((await verify(first)).error).toMatchObject({ code: 'otp_expired' });
  expect((await verify(second, 'invite')).error).toMatchObject({ code: 'otp_expired' });
  expect((await verify('x'.repeat(43))).error).toMatchObject({ code: 'otp_expired' });
  skewMs = 25 * 3_600_000;
  expect((await verify(second)).error).toMatchObject({ code: 'otp_expired' });
  skewMs = 0;
  expect((await verify(second)).error).toBeNull();
});

test('a password change makes waiting links void', async () => {
  const token = await mint();
  const { supabase } = await server.signIn(person.email, password);
  await supabase.auth.updateUser({ password: better });
  expect((await verify(token)).error).toMatchObject({ code: 'otp_expired' });
});

test('a blocked account gets no session from a link', async () => {
  const token = await mint();
  await database.server.query('update users set login_blocked = true where id = $1', [person.id]);
  expect((await verify(token)).error).toMatchObject({ code: 'user_banned' });
});

test('a link in a browser leads to our own pages only, with the session behind the hash', async () => {
  const open = async (redirect_to: string) => {
    const query = new URLSearchParams({ token: await mint(), type: 'recovery', redirect_to });
    const response = await fetch(`${server.url}/auth/v1/verify?${query}`, { redirect: 'manual' });
    expect(response.status).toBe(303);
    return new URL(response.headers.get('location')!);
  };
  for (const evil of [
    'https://evil.example/',
    'https://learn.example.test.evil.example/',
    'javascript:alert(1)',
    '//evil.example',
    'https://learn.example.test@evil.example/',
  ])
    expect((await open(evil)).origin).toBe('https://learn.example.test');
  const own = await open('https://learn.example.test/set-password');
  expect(own.pathname).toBe('/set-password');
  expect(own.search).toBe('');
  const facts = new URLSearchParams(own.hash.slice(1));
  const { data } = await createSupabase(server.url).auth.getUser(facts.get('access_token')!);
  expect(data.user?.id).toBe(person.id);
});
