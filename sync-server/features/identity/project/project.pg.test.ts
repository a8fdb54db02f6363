import { createHmac, randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Role } from '#contract/roles.ts';
import { asServer } from '../../../db/as-actor.ts';
import { createSigningKeys } from '../../../http/signing-keys.ts';
import { projectOf } from '../../../http/supabase-project.ts';
import { createSupabase, startServer, type Client } from '../../../testing/api-client.ts';
import { setUpApp } from '../../../testing/authenticator.ts';
import { createPerson } from '../../../testing/people.ts';
import { openProjectStage, type ProjectStage } from '../../../testing/project-stage.ts';
import { openStream, pull } from '../../../testing/sync-client.ts';
import { mintMailSecret } from '../mail-secrets.ts';

/** Accounts in a Supabase project: a second server of ours, on a database of its own, stands in for it. */

const password = 'a calm river at dawn';
let stage: ProjectStage;

beforeAll(async () => {
  stage = await openProjectStage();
});
afterAll(() => stage.close());

const newcomer = (role: Role = 'student') => stage.person(role, password);
const signIn = (who: { email: string }, device?: string) => stage.academy.signIn(who.email, password, device);
const whoami = async (client: Client) => {
  const response = await client.call('POST', '/functions/v1/whoami', {});
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const statusOf = async (client: Client): Promise<number> => (await whoami(client)).status;
const operator = (url: string) =>
  createClient(url, stage.serviceKey, { auth: { persistSession: false, autoRefreshToken: false } }).auth.admin;
const there = async (id: string) => (await operator(stage.project.url).getUserById(id)).data.user;
/** The secret of the mail that waits for this person, as the worker makes it. */
async function secretOf(
  userId: string,
  template: string,
): Promise<{ token: string; type: 'recovery' | 'invite' | 'email_change' }> {
  const project = projectOf(stage.academy.deps.config);
  const { rows } = await vi.waitFor(async () => {
    const found = await stage.database.server.query<{ recipient: string }>(
      `select recipient_email as recipient from email_queue where user_id = $1 and template_key = $2 order by created_at desc limit 1`,
      [userId, template],
    );
    expect(found.rows).toHaveLength(1);
    return found;
  });
  const mail = { template, userId, recipient: rows[0]!.recipient };
  const secret = await asServer(stage.database.server, (tx) => mintMailSecret(tx, mail, new Date(), project));
  if (!secret || secret === 'void' || !('token' in secret)) throw new Error('no secret for this mail');
  return secret as never;
}

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

const callAt = (url: string, { session, deviceId }: Client, method: string, path: string, body?: unknown) =>
  fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${session.access_token}`,
      'x-device-id': deviceId,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

describe('a token', () => {
  test('is refused with a foreign key, another issuer, another algorithm, or for another person', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    const other = await newcomer();
    const token = client.session.access_token;
    const [head, body] = token.split('.') as [string, string];
    const read = <T>(part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as T;
    const claims = read<JWTPayload>(body);
    const { kid } = read<{ kid: string }>(head);
    const { privateKey } = await createSigningKeys(stage.projectDatabase.server).current();
    const foreign = (await generateKeyPair('ES256')).privateKey;
    const sign = (payload: JWTPayload, key = privateKey, named = kid) =>
      new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: named, typ: 'JWT' }).sign(key);
    const published = await (await fetch(`${stage.project.url}/auth/v1/.well-known/jwks.json`)).text();
    const swapped = (alg: string, secret: string) => {
      const text = `${Buffer.from(JSON.stringify({ alg, kid, typ: 'JWT' })).toString('base64url')}.${body}`;
      return `${text}.${alg === 'none' ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const own = await createSigningKeys(stage.database.server).current();
    const forged = {
      'a foreign key under its kid': await sign(claims, foreign),
      'a foreign kid': await sign(claims, foreign, 'theirs'),
      'a key of this server itself': await sign(claims, own.privateKey, own.kid),
      'another issuer': await sign({ ...claims, iss: `${stage.line.url}/auth/v1` }),
      'another audience': await sign({ ...claims, aud: 'anon' }),
      'the secret role': await sign({ ...claims, role: 'service_role' }),
      'an end in the past': await sign({ ...claims, exp: 1 }),
      'no algorithm': swapped('none', ''),
      'the published keys as a shared secret': swapped('HS256', published),
      'another person in this session': await sign({ ...claims, sub: other.id }),
      'a session that never was': await sign({ ...claims, session_id: randomUUID() }),
    };
    const answers: Record<string, number> = {};
    for (const [name, access_token] of Object.entries(forged))
      answers[name] = (
        await callAt(
          stage.academy.url,
          { ...client, session: { ...client.session, access_token } },
          'POST',
          '/functions/v1/whoami',
          {},
        )
      ).status;
    expect(answers).toEqual(Object.fromEntries(Object.keys(forged).map((name) => [name, 401])));
    expect(await statusOf(client)).toBe(200);
    await stage.database.server.query("delete from signing_keys where purpose = 'access'");
  });

  test('of a key the project has just made is taken: its list is read again', async () => {
    const { rotateSigningKeys } = await import('../../../http/signing-keys.ts');
    const person = await newcomer();
    await rotateSigningKeys(stage.projectDatabase.server);
    await vi.waitFor(async () => expect(await statusOf(await signIn(person))).toBe(200), {
      timeout: 45_000,
      interval: 2000,
    });
  }, 60_000);
});

describe('staff', () => {
  test('invite a person, who chooses a password by the link of our mail and signs in', async () => {
    const admin = await newcomer('admin');
    const boss = await signIn(admin);
    const email = `${randomUUID()}@example.test`;
    const made = await boss.call(
      'POST',
      '/functions/v1/create-enhanced-team-member',
      { email, full_name: 'Bilal', role: 'mentor' },
      {
        'idempotency-key': randomUUID(),
      },
    );
    const { data } = (await made.json()) as { data: { user_id: string } };
    expect(made.status).toBe(200);
    await stage.settle();
    expect(await there(data.user_id)).toMatchObject({ id: data.user_id, email });
    const { token, type } = await secretOf(data.user_id, 'team_welcome');
    const supabase = createSupabase(stage.academy.url);
    const opened = await supabase.auth.verifyOtp({ token_hash: token, type });
    expect(opened.error).toBeNull();
    expect((await supabase.auth.updateUser({ password: 'password' })).error?.code).toBe('weak_password');
    expect((await supabase.auth.updateUser({ password })).error).toBeNull();
    expect((await whoami(await signIn({ email }))).body).toMatchObject({
      data: { role: 'mentor', password_required: false },
    });
    expect((await supabase.auth.verifyOtp({ token_hash: token, type })).error?.code).toBe('otp_expired');
  });

  test('ban a person: out at once here, no way in there, until the ban is lifted', async () => {
    const [admin, person] = [await newcomer('superadmin'), await newcomer()];
    const [boss, client] = [await signIn(admin), await signIn(person)];
    const ban = (blocked: boolean) =>
      boss.call(
        'POST',
        '/functions/v1/set-login-blocked',
        { user_id: person.id, blocked, reason: 'A test' },
        {
          'idempotency-key': randomUUID(),
        },
      );
    expect((await ban(true)).status).toBe(200);
    expect(await statusOf(client)).not.toBe(200);
    await stage.settle();
    expect((await there(person.id))!.banned_until).toBeTruthy();
    const { refresh_token } = client.session;
    expect((await createSupabase(stage.project.url).auth.refreshSession({ refresh_token })).error?.code).toBe(
      'user_banned',
    );
    await expect(signIn(person)).rejects.toMatchObject({ code: 'user_banned' });
    expect((await ban(false)).status).toBe(200);
    await stage.settle();
    expect(await statusOf(await signIn(person))).toBe(200);
  });

  test('and the service key make, change and remove accounts at both places', async () => {
    const admin = operator(stage.academy.url);
    const email = `${randomUUID()}@example.test`;
    const made = await admin.createUser({ email, password, app_metadata: { role: 'mentor' } });
    expect(made.error).toBeNull();
    const { id } = made.data.user!;
    expect((await there(id))!.email).toBe(email);
    expect((await admin.createUser({ email, password })).error?.code).toBe('email_exists');
    const changed = `${randomUUID()}@example.test`;
    expect((await admin.updateUserById(id, { email: changed, password: 'another calm river' })).error).toBeNull();
    await stage.settle();
    expect((await there(id))!.email).toBe(changed);
    const client = await stage.academy.signIn(changed, 'another calm river');
    expect((await admin.deleteUser(id)).error).toBeNull();
    await stage.settle();
    expect(await there(id)).toBeNull();
    expect(await statusOf(client)).toBe(401);
  });
});

describe('a person', () => {
  test('recovers the password by our own mail, and every other session ends', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    const supabase = createSupabase(stage.academy.url);
    expect((await supabase.auth.resetPasswordForEmail(person.email)).error).toBeNull();
    const { token, type } = await secretOf(person.id, 'password_reset');
    expect((await supabase.auth.verifyOtp({ token_hash: token, type })).error).toBeNull();
    expect((await supabase.auth.updateUser({ password: 'quite another river' })).error).toBeNull();
    expect(await statusOf(client)).toBe(401);
    await expect(signIn(person)).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(await statusOf(await stage.academy.signIn(person.email, 'quite another river'))).toBe(200);
  });

  test('changes the password by giving the present one', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    const change = (current_password: string) =>
      client.supabase.auth.updateUser({ password: 'quite another river', current_password } as never);
    expect((await change('not this one')).error?.code).toBe('invalid_credentials');
    expect((await change(password)).error).toBeNull();
    expect(await statusOf(await stage.academy.signIn(person.email, 'quite another river'))).toBe(200);
  });

  test('changes the address by a yes from both mailboxes, and it is the address of both places', async () => {
    const person = await newcomer();
    const { supabase } = await signIn(person);
    const email = `${randomUUID()}@example.test`;
    const asked = await supabase.auth.updateUser({ email });
    expect(asked.data.user).toMatchObject({ email: person.email, new_email: email });
    const secrets = [await secretOf(person.id, 'email_change_current'), await secretOf(person.id, 'email_change_new')];
    for (const { token, type } of secrets)
      expect((await createSupabase(stage.academy.url).auth.verifyOtp({ token_hash: token, type })).error).toBeNull();
    expect((await there(person.id))!.email).toBe(email);
    const { rows } = await stage.database.server.query('select email from users where id = $1', [person.id]);
    expect(rows).toEqual([{ email }]);
    expect(await statusOf(await signIn({ email }))).toBe(200);
  });

  test('sets a second factor up there, and sessions without its code are asked for it here', async () => {
    const person = await newcomer('admin');
    const first = await signIn(person);
    const app = await setUpApp(first.supabase, new Date());
    const raised = (await first.supabase.auth.getSession()).data.session!;
    const strong: Client = {
      ...first,
      session: raised,
      call: (method, path, body) => callAt(stage.academy.url, { ...first, session: raised }, method, path, body),
    };
    expect((await whoami(strong)).body).toMatchObject({ data: { aal: 'aal2', second_step: 'none' } });
    const second = await signIn(person);
    expect((await whoami(second)).body).toMatchObject({ data: { aal: 'aal1', second_step: 'verify' } });
    expect((await second.call('POST', '/sync/v1/pull', { checkpoint: null })).status).toBe(403);
    const factors = await first.supabase.auth.mfa.listFactors();
    expect(factors.data!.totp.map(({ id }) => id)).toEqual([app.factorId]);
    expect((await first.supabase.auth.mfa.unenroll({ factorId: app.factorId })).error).toBeNull();
    expect((await whoami(second)).body).toMatchObject({ data: { second_step: 'none' } });
  });
});

describe('while the project is away', () => {
  test('whoever is signed in goes on, others are told to come again, and nobody is signed out', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    const unseen = await stage.project.signIn(person.email, password);
    stage.line.cut();
    try {
      // Longer than an answer of the project counts.
      await stage.database.server.query('select pg_sleep(1.1)');
      expect(await statusOf(client)).toBe(200);
      const supabase = createSupabase(stage.academy.url);
      expect((await supabase.auth.signInWithPassword({ email: person.email, password })).error).toMatchObject({
        status: 503,
      });
      const answer = await fetch(`${stage.academy.url}/auth/v1/token?grant_type=refresh_token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refresh_token: client.session.refresh_token }),
      });
      expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
        503,
        '5',
        expect.objectContaining({ code: 'request_timeout', msg: expect.stringContaining('does not answer') }),
      ]);
      expect((await callAt(stage.academy.url, unseen, 'POST', '/functions/v1/whoami', {})).status).toBe(503);
    } finally {
      stage.line.mend();
    }
    await vi.waitFor(async () => expect((await client.supabase.auth.refreshSession()).error).toBeNull());
    expect(await statusOf(client)).toBe(200);
  });
});

test('a server with another home than the database knows is not started', async () => {
  const { settleHome } = await import('../../../settle-home.ts');
  const { deps } = stage.academy;
  const elsewhere = { ...deps, config: { ...deps.config, SUPABASE_URL: 'http://other.example.test' } };
  await expect(settleHome(elsewhere)).rejects.toThrow(`live at ${stage.line.url}`);
  const { SUPABASE_URL: _, ...own } = deps.config;
  await expect(settleHome({ ...deps, config: own as typeof deps.config })).rejects.toThrow('set SUPABASE_URL');
  await settleHome(deps);
});

test('without a project nothing is queued for one', async () => {
  const person = await createPerson(stage.projectDatabase.server, 'student');
  await stage.projectDatabase.server.query(`update users set email = $2 where id = $1`, [
    person.id,
    `${randomUUID()}@example.test`,
  ]);
  const { rows } = await stage.projectDatabase.server.query(
    `select from graphile_worker.jobs where task_identifier like 'identity.%'`,
  );
  expect(rows).toHaveLength(0);
});

test('a wrong key is said at the start', async () => {
  const env = { SUPABASE_URL: stage.line.url, SUPABASE_SERVICE_KEY: 'wrong', SUPABASE_ISSUER: 'growth-os' };
  await expect(startServer(stage.database, { env })).rejects.toThrow('look at SUPABASE_SERVICE_KEY');
});
