import { createHmac, randomUUID } from 'node:crypto';
import { generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { createSigningKeys } from '../../../http/signing-keys.ts';
import { createSupabase, startServer } from '../../../testing/api-client.ts';
import { createPerson } from '../../../testing/people.ts';
import { openProjectForTests, password, stage, newcomer, signIn, statusOf, callAt } from './project.fixture.ts';

openProjectForTests();

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
