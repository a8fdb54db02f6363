import { randomUUID } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asServer } from '../../db/as-actor.ts';
import { createSupabase, startServer, type TestServer } from '../../testing/api-client.ts';
import { enrolApp, setUpApp } from '../../testing/authenticator.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { mintLink } from './links.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let person: Person;
let skewMs = 0;
const now = () => new Date(Date.now() + skewMs);
/** Past the step of the last code, so that the app shows another one. */
const nextCode = () => void (skewMs += 60_000);

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, { clock: { now } });
});
beforeEach(async () => {
  skewMs = 0;
  person = await createPerson(database.server, 'mentor', { password });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const signIn = async (deviceId?: string) => (await server.signIn(person.email, password, deviceId)).supabase;
const tokenOf = async (supabase: SupabaseClient) => (await supabase.auth.getSession()).data.session!.access_token;
/** How the app's own call is answered: status and the reason of a refusal. */
async function callAs(token: string, command = 'revoke-device') {
  const response = await fetch(`${server.url}/functions/v1/${command}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: command === 'whoami' ? '{}' : JSON.stringify({ device_id: randomUUID() }),
  });
  const body = (await response.json()) as { code?: string; details?: { reason?: string }; data?: unknown };
  return { status: response.status, reason: body.details?.reason, data: body.data };
}
const mails = async (): Promise<string[]> =>
  (
    await database.server.query<{ template_key: string }>(
      'select template_key from email_queue where user_id = $1 order by created_at',
      [person.id],
    )
  ).rows.map(({ template_key }) => template_key);

test('an app is set up: secret and picture once, then a code raises the session', async () => {
  const supabase = await signIn();
  const { data, error } = await supabase.auth.mfa.enroll({
    factorType: 'totp',
    friendlyName: 'My phone',
    issuer: 'Falcon Academy',
  });
  expect(error).toBeNull();
  expect(data).toMatchObject({ type: 'totp', friendly_name: 'My phone' });
  expect(data!.totp.secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(data!.totp.uri).toContain(`otpauth://totp/Falcon%20Academy:${encodeURIComponent(person.email)}?secret=`);
  expect(data!.totp.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg [^#]+<\/svg>$/);
  const before = await supabase.auth.mfa.listFactors();
  expect(before.data).toMatchObject({ totp: [], all: [{ id: data!.id, status: 'unverified', factor_type: 'totp' }] });
  await supabase.auth.mfa.unenroll({ factorId: data!.id });

  const app = await setUpApp(supabase, now(), 'My phone');
  const listed = await supabase.auth.mfa.listFactors();
  expect(listed.data!.totp).toMatchObject([{ id: app.factorId, status: 'verified', friendly_name: 'My phone' }]);
  expect((await supabase.auth.mfa.getAuthenticatorAssuranceLevel()).data).toEqual({
    currentLevel: 'aal2',
    nextLevel: 'aal2',
    currentAuthenticationMethods: [
      { method: 'password', timestamp: expect.any(Number) },
      { method: 'totp', timestamp: expect.any(Number) },
    ],
  });
  expect(await mails()).toEqual(['mfa_enrolled']);
});

test('the secret lies sealed in the database and nowhere in the audit trail', async () => {
  const supabase = await signIn();
  const { data } = await supabase.auth.mfa.enroll({ factorType: 'totp' });
  const { rows } = await database.server.query<{ text: string }>(
    `select f::text as text from mfa_factors f where user_id = $1
     union all select l::text from admin_logs l where target_user_id = $1`,
    [person.id],
  );
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.map(({ text }) => text).join('')).not.toContain(data!.totp.secret);
});

test('with an app, a new sign-in reaches nothing but the second step until the code is given', async () => {
  const app = await setUpApp(await signIn(), now());
  nextCode();
  const supabase = await signIn();
  const weak = await tokenOf(supabase);
  expect(await callAs(weak)).toMatchObject({ status: 403, reason: 'mfa_required' });
  expect(await callAs(weak, 'whoami')).toMatchObject({ status: 200, data: { aal: 'aal1', second_step: 'verify' } });
  for (const path of ['/sync/v1/pull', '/sync/v1/push', '/sync/v1/stream', '/storage/v1/object/list/attachments']) {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${weak}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect([path, response.status]).toEqual([path, 403]);
  }
  expect((await supabase.auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({
    currentLevel: 'aal1',
    nextLevel: 'aal2',
  });
  expect((await supabase.auth.updateUser({ password: 'seven green lanterns' })).error).toMatchObject({
    code: 'insufficient_aal',
  });
  expect((await supabase.auth.updateUser({ email: 'else@example.test' })).error).toMatchObject({
    code: 'insufficient_aal',
  });

  const { error } = await supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code: app.code(now()) });
  expect(error).toBeNull();
  const strong = await tokenOf(supabase);
  expect(await callAs(strong)).toMatchObject({ status: 404 });
  expect(await callAs(strong, 'whoami')).toMatchObject({ data: { aal: 'aal2', second_step: 'none' } });
  // The token of before stays weak, although its session is strong now.
  expect(await callAs(weak)).toMatchObject({ status: 403, reason: 'mfa_required' });
});

test('a refresh keeps the level, and tokens of the weak session are void', async () => {
  const app = await setUpApp(await signIn(), now());
  nextCode();
  const supabase = await signIn();
  const weak = (await supabase.auth.getSession()).data.session!.refresh_token;
  await supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code: app.code(now()) });
  expect((await createSupabase(server.url).auth.refreshSession({ refresh_token: weak })).error).toMatchObject({
    code: 'refresh_token_not_found',
  });
  const { data } = await supabase.auth.refreshSession();
  expect((await supabase.auth.getClaims(data.session!.access_token)).data!.claims).toMatchObject({ aal: 'aal2' });
  expect(await callAs(data.session!.access_token)).toMatchObject({ status: 404 });
});

test('setting up ends the sessions that never gave a code', async () => {
  const other = await signIn();
  await setUpApp(await signIn(), now());
  expect((await callAs(await tokenOf(other), 'whoami')).status).toBe(401);
});

test('a code is taken once, and none older than it', async () => {
  const supabase = await signIn();
  const app = await enrolApp(supabase);
  const code = app.code(now());
  const older = app.code(new Date(now().getTime() - 30_000));
  expect((await supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code })).error).toBeNull();
  for (const used of [code, older])
    expect((await supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code: used })).error).toMatchObject({
      code: 'mfa_verification_failed',
    });
  nextCode();
  expect(
    (await supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code: app.code(now()) })).error,
  ).toBeNull();
});

test('the same code sent twice at once is taken once', async () => {
  const first = await signIn();
  const app = await setUpApp(first, now());
  nextCode();
  const both = await Promise.all([signIn(), signIn()]);
  const code = app.code(now());
  const answers = await Promise.all(
    both.map((supabase) => supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code })),
  );
  expect(answers.map(({ error }) => error?.code ?? 'taken').toSorted()).toEqual(['mfa_verification_failed', 'taken']);
});

test('five wrong codes pause the right one too, and the pause is longer the second time', async () => {
  const app = await setUpApp(await signIn(), now());
  nextCode();
  const supabase = await signIn();
  const give = async (code: string) =>
    (await supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code })).error?.code;
  const exhaust = async () => {
    for (let i = 0; i < 5; i++) expect(await give('000000')).toBe('mfa_verification_failed');
  };
  const wait = async () => {
    skewMs += 16 * 60_000;
    await supabase.auth.refreshSession();
  };
  await exhaust();
  expect(await give(app.code(now()))).toBe('over_request_rate_limit');
  await wait();
  await exhaust();
  await wait();
  expect(await give(app.code(now()))).toBe('over_request_rate_limit');
  await wait();
  expect(await give(app.code(now()))).toBeUndefined();
});

test('many guesses at once are no way around the pause', async () => {
  const app = await setUpApp(await signIn(), now());
  nextCode();
  const supabase = await signIn();
  const { data: challenge } = await supabase.auth.mfa.challenge({ factorId: app.factorId });
  const guesses = await Promise.all(
    Array.from({ length: 20 }, (_, guess) =>
      supabase.auth.mfa.verify({
        factorId: app.factorId,
        challengeId: challenge!.id,
        code: String(guess).padStart(6, '0'),
      }),
    ),
  );
  const judged = guesses.filter(({ error }) => error?.code === 'mfa_verification_failed');
  expect(judged).toHaveLength(5);
});

test('a challenge serves its own session and factor, for five minutes', async () => {
  const mine = await signIn();
  const app = await setUpApp(mine, now());
  const second = await setUpApp(mine, now(), 'Tablet');
  nextCode();
  const supabase = await signIn();
  const { data: challenge } = await supabase.auth.mfa.challenge({ factorId: app.factorId });
  const answer = (by: SupabaseClient, factor: { factorId: string; code(at: Date): string }) =>
    by.auth.mfa.verify({ factorId: factor.factorId, challengeId: challenge!.id, code: factor.code(now()) });
  expect((await answer(mine, app)).error).toMatchObject({ code: 'mfa_challenge_expired' });
  expect((await answer(supabase, second)).error).toMatchObject({ code: 'mfa_challenge_expired' });
  skewMs += 6 * 60_000;
  expect((await answer(supabase, app)).error).toMatchObject({ code: 'mfa_challenge_expired' });
});

test('a factor of somebody else does not exist', async () => {
  const app = await setUpApp(await signIn(), now());
  const other = await createPerson(database.server, 'admin', { password });
  const { supabase } = await server.signIn(other.email, password);
  const missing = { code: 'mfa_factor_not_found', status: 404 };
  expect((await supabase.auth.mfa.challenge({ factorId: app.factorId })).error).toMatchObject(missing);
  expect(
    (await supabase.auth.mfa.verify({ factorId: app.factorId, challengeId: randomUUID(), code: app.code(now()) }))
      .error,
  ).toMatchObject(missing);
  expect((await supabase.auth.mfa.unenroll({ factorId: app.factorId })).error).toMatchObject(missing);
  expect((await supabase.auth.mfa.unenroll({ factorId: randomUUID() })).error).toMatchObject(missing);
  expect((await supabase.auth.mfa.listFactors()).data!.all).toEqual([]);
});

test('an account with an app adds and removes factors with a raised session only', async () => {
  const strong = await signIn();
  const app = await setUpApp(strong, now(), 'Phone');
  nextCode();
  const weak = await signIn();
  expect((await weak.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Thief' })).error).toMatchObject({
    code: 'insufficient_aal',
  });
  expect((await weak.auth.mfa.unenroll({ factorId: app.factorId })).error).toMatchObject({ code: 'insufficient_aal' });
  expect((await strong.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Phone' })).error).toMatchObject({
    code: 'mfa_factor_name_conflict',
  });
  expect((await strong.auth.mfa.unenroll({ factorId: app.factorId })).data).toEqual({ id: app.factorId });
  // Without a factor there is nothing left to ask for: the strong session is an ordinary one, the weak one is enough.
  expect(await callAs(await tokenOf(strong), 'whoami')).toMatchObject({ data: { aal: 'aal1', second_step: 'none' } });
  expect(await callAs(await tokenOf(weak))).toMatchObject({ status: 404 });
  expect(await mails()).toContain('mfa_removed');
});

test('a factor begun before the first one counted cannot be finished by a weak session', async () => {
  const thief = await signIn();
  const planted = await enrolApp(thief, 'Planted');
  const owner = await signIn();
  await setUpApp(owner, now(), 'Phone');
  expect((await owner.auth.mfa.listFactors()).data!.all.map(({ id }) => id)).not.toContain(planted.factorId);
});

test('other kinds of factors, and too many, are refused in words', async () => {
  const supabase = await signIn();
  expect((await supabase.auth.mfa.enroll({ factorType: 'phone', phone: '+923001234567' })).error).toMatchObject({
    code: 'mfa_phone_enroll_not_enabled',
  });
  expect((await supabase.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'Key' })).error).toMatchObject({
    code: 'mfa_webauthn_enroll_not_enabled',
  });
  for (let i = 0; i < 10; i++) await enrolApp(supabase, `App ${i}`);
  await expect(enrolApp(supabase, 'One more')).rejects.toMatchObject({ code: 'too_many_enrolled_mfa_factors' });
});

test('the link of a recovery mail does not lead around the app', async () => {
  const app = await setUpApp(await signIn(), now());
  nextCode();
  const token_hash = await asServer(database.server, (tx) => mintLink(tx, person.id, 'recovery', now()));
  const supabase = createSupabase(server.url);
  await supabase.auth.verifyOtp({ token_hash, type: 'recovery' });
  const change = () => supabase.auth.updateUser({ password: 'seven green lanterns' });
  expect((await change()).error).toMatchObject({ code: 'insufficient_aal' });
  await supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code: app.code(now()) });
  expect((await change()).error).toBeNull();
});
