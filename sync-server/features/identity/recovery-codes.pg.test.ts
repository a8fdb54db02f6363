import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { anonKey } from '#contract/api/identity.ts';
import { startServer, type TestServer } from '../../testing/api-client.ts';
import { setUpApp } from '../../testing/authenticator.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let person: Person;
let skewMs = 0;
const now = () => new Date(Date.now() + skewMs);

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, { clock: { now } });
});
beforeEach(async () => {
  skewMs = 0;
  person = await createPerson(database.server, 'admin', { password });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

async function signIn({ email }: Person = person) {
  const supabase = createClient(server.url, anonKey, {
    auth: { persistSession: false, autoRefreshToken: false, experimental: { recoveryCodes: true } },
    global: { headers: { 'x-device-id': randomUUID() } },
  });
  const { error } = await supabase.auth.signInWithPassword({ email, password });
  if (error) throw error;
  return supabase;
}

/** A person with an app and a set of codes; the client's session is raised. */
async function prepare() {
  const supabase = await signIn();
  const app = await setUpApp(supabase, now());
  const { data, error } = await supabase.auth.mfa.recoveryCodes.generate();
  if (error) throw error;
  return { supabase, app, codes: data.codes, setId: data.id };
}

test('ten codes are shown once, and only counted later', async () => {
  const { supabase, codes, setId } = await prepare();
  expect(codes).toHaveLength(10);
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
  expect((await supabase.auth.mfa.recoveryCodes.getStatus()).data).toEqual({
    id: setId,
    type: 'recovery_code',
    total: 10,
    remaining: 10,
  });
  expect((await supabase.auth.mfa.listFactors()).data!.recovery_code).toMatchObject([
    { id: setId, status: 'verified', friendly_name: 'Recovery codes' },
  ]);
  const { rows } = await database.server.query<{ text: string }>(
    `select c::text as text from mfa_recovery_codes c where factor_id = $1
     union all select l::text from admin_logs l where target_user_id = $2`,
    [setId, person.id],
  );
  expect(rows.length).toBeGreaterThan(10);
  const kept = rows.map(({ text }) => text).join('');
  for (const code of codes) {
    expect(kept).not.toContain(code);
    expect(kept).not.toContain(code.replaceAll('-', ''));
  }
});

test('a code raises a session once, however it is typed, and its use is told by mail', async () => {
  const { codes } = await prepare();
  const supabase = await signIn();
  const typed = ` ${codes[0]!.toUpperCase().replaceAll('-', ' ')} `;
  expect((await supabase.auth.mfa.recoveryCodes.verify({ code: typed })).error).toBeNull();
  expect((await supabase.auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({
    currentLevel: 'aal2',
    currentAuthenticationMethods: [{ method: 'password' }, { method: 'mfa/recovery_code' }],
  });
  expect((await supabase.auth.mfa.recoveryCodes.getStatus()).data).toMatchObject({ remaining: 9 });
  const again = await signIn();
  expect((await again.auth.mfa.recoveryCodes.verify({ code: codes[0]! })).error).toMatchObject({
    code: 'mfa_verification_failed',
  });
  const mail = await database.server.query(
    `select payload from email_queue where user_id = $1 and template_key = 'recovery_code_used'`,
    [person.id],
  );
  expect(mail.rows).toEqual([{ payload: { remaining: 9 } }]);
});

test('one code used twice at once is taken once', async () => {
  const { codes } = await prepare();
  const both = await Promise.all([signIn(), signIn()]);
  const answers = await Promise.all(both.map((one) => one.auth.mfa.recoveryCodes.verify({ code: codes[0]! })));
  expect(answers.map(({ error }) => error?.code ?? 'taken').toSorted()).toEqual(['mfa_verification_failed', 'taken']);
});

test('a code of somebody else is wrong', async () => {
  const { codes } = await prepare();
  person = await createPerson(database.server, 'admin', { password });
  await prepare();
  expect((await (await signIn()).auth.mfa.recoveryCodes.verify({ code: codes[0]! })).error).toMatchObject({
    code: 'mfa_verification_failed',
  });
});

test('codes need another factor and a raised session; there is one set', async () => {
  const plain = await signIn();
  expect((await plain.auth.mfa.recoveryCodes.generate()).error).toMatchObject({ code: 'insufficient_aal' });
  expect((await plain.auth.mfa.recoveryCodes.getStatus()).error).toMatchObject({ code: 'mfa_factor_not_found' });
  const { supabase, app } = await prepare();
  expect((await supabase.auth.mfa.recoveryCodes.generate()).error).toMatchObject({
    code: 'mfa_verified_factor_exists',
  });
  const weak = await signIn();
  for (const answer of [
    await weak.auth.mfa.recoveryCodes.regenerate(),
    await weak.auth.mfa.recoveryCodes.unenroll(),
    await weak.auth.mfa.recoveryCodes.generate(),
  ])
    expect(answer.error).toMatchObject({ code: 'insufficient_aal' });
  expect((await supabase.auth.mfa.unenroll({ factorId: app.factorId })).error).toMatchObject({
    code: 'mfa_recovery_codes_sole_factor',
  });
  expect((await supabase.auth.mfa.recoveryCodes.unenroll()).error).toBeNull();
  expect((await supabase.auth.mfa.unenroll({ factorId: app.factorId })).error).toBeNull();
});

test('a new set voids the old one', async () => {
  const { supabase, codes } = await prepare();
  const { data } = await supabase.auth.mfa.recoveryCodes.regenerate();
  const weak = await signIn();
  expect((await weak.auth.mfa.recoveryCodes.verify({ code: codes[1]! })).error).toMatchObject({
    code: 'mfa_verification_failed',
  });
  expect((await weak.auth.mfa.recoveryCodes.verify({ code: data!.codes[1]! })).error).toBeNull();
});

test('wrong recovery codes and wrong codes of the app are counted together', async () => {
  const { app, codes } = await prepare();
  const supabase = await signIn();
  for (let i = 0; i < 3; i++) await supabase.auth.mfa.recoveryCodes.verify({ code: 'abcd-efgh-jkmn-pqrs' });
  for (let i = 0; i < 2; i++) await supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code: '000000' });
  expect((await supabase.auth.mfa.recoveryCodes.verify({ code: codes[2]! })).error).toMatchObject({
    code: 'mfa_recovery_codes_locked',
    status: 429,
  });
  skewMs += 16 * 60_000;
  await supabase.auth.refreshSession();
  expect((await supabase.auth.mfa.recoveryCodes.verify({ code: codes[2]! })).error).toBeNull();
});
