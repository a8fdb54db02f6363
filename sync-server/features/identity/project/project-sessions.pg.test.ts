import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSupabase, type Client } from '../../../testing/api-client.ts';
import { openStream, pull } from '../../../testing/sync-client.ts';
import {
  openProjectForTests,
  password,
  stage,
  newcomer,
  signIn,
  whoami,
  statusOf,
  operator,
  callAt,
} from './project.fixture.ts';

openProjectForTests();

test('a student signs in, is known by the role of the academy, and pulls; no password or refresh token is kept here', async () => {
  const ayesha = await newcomer();
  const client = await signIn(ayesha);
  expect(await whoami(client)).toMatchObject({
    status: 200,
    body: { data: { id: ayesha.id, role: 'student', device_id: client.deviceId } },
  });
  expect((await pull(client, null)).docs.some(({ id }) => id === ayesha.id)).toBe(true);
  const { rows } = await stage.database.server.query(
    `select (select count(*)::int from user_credentials) as passwords, (select count(*)::int from refresh_tokens) as tokens,
       (select count(*)::int from signing_keys where purpose = 'access') as keys`,
  );
  expect(rows).toEqual([{ passwords: 0, tokens: 0, keys: 0 }]);
  const claims = await client.supabase.auth.getClaims();
  expect(claims.data!.claims).toMatchObject({ sub: ayesha.id, iss: 'growth-os' });
  const refreshed = await client.supabase.auth.refreshSession();
  expect(refreshed.error).toBeNull();
  expect(refreshed.data.user!.id).toBe(ayesha.id);
});

test('wrong passwords are refused, and guesses pause here already', async () => {
  const { email } = await newcomer();
  const guess = async (given: string) =>
    (await createSupabase(stage.academy.url).auth.signInWithPassword({ email, password: given })).error?.code;
  for (let at = 0; at < 5; at++) expect(await guess('something else')).toBe('invalid_credentials');
  expect(await guess(password)).toBe('invalid_credentials');
  const { rows } = await stage.projectDatabase.server.query<{ most: number }>(
    'select max(failures)::int as most from sign_in_attempts',
  );
  expect(rows[0]!.most).toBeLessThanOrEqual(5);
});

test('nobody signs up, at either server', async () => {
  for (const { url } of [stage.academy, stage.project]) {
    const { error } = await createSupabase(url).auth.signUp({ email: `${randomUUID()}@example.test`, password });
    expect(error?.code).toBe('signup_disabled');
  }
});

describe('a session', () => {
  test('that signs out is over at both: its stream ends, its token and its refresh token are refused', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    const other = await signIn(person);
    const stream = await openStream(client, null);
    expect((await client.supabase.auth.signOut({ scope: 'local' })).error).toBeNull();
    await stream.ended;
    expect(await statusOf(client)).toBe(401);
    expect(await statusOf(other)).toBe(200);
    const { refresh_token } = client.session;
    for (const { url } of [stage.academy, stage.project])
      expect((await createSupabase(url).auth.refreshSession({ refresh_token })).error).not.toBeNull();
  });

  test('that ends at the project behind our back is noticed by its id, and its stream ends', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    const other = await signIn(person);
    const stream = await openStream(client, null);
    const { error } = await operator(stage.project.url).signOut(client.session.access_token, 'local');
    expect(error).toBeNull();
    await stream.ended;
    expect(stream.frames.at(-1)).toMatchObject({ t: 'bye', reason: 'revoked' });
    expect(await statusOf(client)).toBe(401);
    expect(await statusOf(other)).toBe(200);
  });

  test('that is ended here gets no new token from the project through us, and is ended there by the try', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    await stage.database.server.query('update auth_sessions set revoked_at = now() where user_id = $1', [person.id]);
    expect(await statusOf(client)).toBe(401);
    const { refresh_token } = client.session;
    const refused = await createSupabase(stage.academy.url).auth.refreshSession({ refresh_token });
    expect(refused.error).toMatchObject({ status: 400, code: 'session_expired' });
    const { rows } = await stage.projectDatabase.server.query(
      'select from auth_sessions where user_id = $1 and revoked_at is null',
      [person.id],
    );
    expect(rows).toHaveLength(0);
  });

  test('that somebody opened at the project itself is taken, but not one from before "sign out everywhere"', async () => {
    const person = await newcomer();
    const direct = await stage.project.signIn(person.email, password);
    const here: Client = {
      ...direct,
      call: (method, path, body) => callAt(stage.academy.url, direct, method, path, body),
    };
    expect(await statusOf(here)).toBe(200);
    await stage.database.server.query(
      `update users set sessions_revoked_at = now() + interval '2 seconds' where id = $1`,
      [person.id],
    );
    const late = await stage.project.signIn(person.email, password);
    const lateHere: Client = {
      ...late,
      call: (method, path, body) => callAt(stage.academy.url, late, method, path, body),
    };
    expect([await statusOf(here), await statusOf(lateHere)]).toEqual([401, 401]);
  });

  test('of an account of the project that is no person of the academy opens nothing', async () => {
    const email = `${randomUUID()}@example.test`;
    await operator(stage.project.url).createUser({ email, password });
    const refused = await createSupabase(stage.academy.url).auth.signInWithPassword({ email, password });
    expect(refused.error).toMatchObject({ code: 'user_not_found' });
    const direct = await stage.project.signIn(email, password);
    expect((await callAt(stage.academy.url, direct, 'POST', '/functions/v1/whoami', {})).status).toBe(401);
  });

  test('belongs to its device: a refresh from another one ends it', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    const { refresh_token } = client.session;
    const stolen = await createSupabase(stage.academy.url, randomUUID()).auth.refreshSession({ refresh_token });
    expect(stolen.error?.code).toBe('refresh_token_not_found');
    expect(await statusOf(client)).toBe(401);
  });
});
