import { createHash, randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSupabase, startServer, type TestServer } from '../../testing/api-client.ts';
import { setUpApp } from '../../testing/authenticator.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const serviceKey = `service-${randomUUID()}`;
const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let person: Person;
let serial = 0;
let skewMs = 0;
const newAddress = () => `somebody-${++serial}@example.test`;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, {
    clock: { now: () => new Date(Date.now() + skewMs) },
    env: { SERVICE_KEY_HASH: createHash('sha256').update(serviceKey).digest('hex'), PUBLIC_URL: 'http://learn.test' },
  });
  person = await createPerson(database.server, 'student', { password });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const anon = () => createSupabase(server.url);
const operator = () =>
  createClient(server.url, serviceKey, { auth: { persistSession: false, autoRefreshToken: false } }).auth.admin;
const codeOf = async (answer: Promise<{ error: { code?: string | undefined } | null }>) => (await answer).error?.code;

test('every other way in is shut, in the words of the protocol', async () => {
  const { auth } = anon();
  const email = newAddress();
  expect(await codeOf(auth.signUp({ email, password }))).toBe('signup_disabled');
  expect(await codeOf(auth.signUp({ phone: '+923001234567', password }))).toBe('phone_provider_disabled');
  expect(await codeOf(auth.signInAnonymously())).toBe('anonymous_provider_disabled');
  expect(await codeOf(auth.signInWithOtp({ email }))).toBe('otp_disabled');
  expect(await codeOf(auth.signInWithOtp({ phone: '+923001234567' }))).toBe('phone_provider_disabled');
  expect(await codeOf(auth.signInWithPassword({ phone: '+923001234567', password }))).toBe('phone_provider_disabled');
  expect(await codeOf(auth.signInWithIdToken({ provider: 'google', token: 'x' }))).toBe('provider_disabled');
  expect(await codeOf(auth.signInWithSSO({ domain: 'example.test' }))).toBe('saml_provider_disabled');
  const oauth = await auth.signInWithOAuth({ provider: 'github' });
  const page = await fetch(oauth.data.url!, { redirect: 'manual' });
  expect([page.status, await page.json()]).toMatchObject([400, { error_code: 'validation_failed' }]);
  const { rows } = await database.server.query('select from users where email = $1', [email]);
  expect(rows).toHaveLength(0);
});

test('grants that are none are refused without a word about accounts', async () => {
  const grant = async (type: string) => {
    const response = await fetch(`${server.url}/auth/v1/token?grant_type=${type}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth_code: 'x', code_verifier: 'y' }),
    });
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  expect(await grant('pkce')).toEqual([404, 'flow_state_not_found']);
  expect(await grant('web3')).toEqual([422, 'provider_disabled']);
  expect(await grant('client_credentials')).toEqual([400, 'validation_failed']);
  expect(await grant('password')).toEqual([400, 'invalid_credentials']);
});

test('settings and health say what is on', async () => {
  expect(await (await fetch(`${server.url}/auth/v1/settings`)).json()).toMatchObject({
    external: { email: true, phone: false, anonymous_users: false },
    disable_signup: true,
  });
  expect(await (await fetch(`${server.url}/auth/v1/health`)).json()).toMatchObject({ name: expect.any(String) });
});

test('every answer names the protocol version, also a refusal', async () => {
  for (const path of ['/auth/v1/settings', '/auth/v1/user', '/auth/v1/admin/users']) {
    const response = await fetch(server.url + path);
    expect([path, response.headers.get('x-supabase-api-version')]).toEqual([path, '2024-01-01']);
  }
});

test('facts that a program keeps come back as they were given, and a key with null goes', async () => {
  const given = { profile_image: 'https://example.test/me.png', nested: { deep: [1, true, null] } };
  const created = await operator().createUser({ email: newAddress(), password, user_metadata: given });
  expect(created.data.user!.user_metadata).toEqual(given);
  const id = created.data.user!.id;
  const updated = await operator().updateUserById(id, {
    user_metadata: { profile_image: null, colour: 'yellow' },
    app_metadata: { roles: ['admin', 'publisher'], provider: 'forged' },
  });
  expect(updated.data.user!.user_metadata).toEqual({ nested: given.nested, colour: 'yellow' });
  expect(updated.data.user!.app_metadata).toEqual({
    provider: 'email',
    providers: ['email'],
    roles: ['admin', 'publisher'],
  });
  const { supabase } = await server.signIn(updated.data.user!.email!, password);
  const own = await supabase.auth.updateUser({ data: { hello: 'world', full_name: 'New Name' } });
  expect(own.data.user!.user_metadata).toEqual({
    nested: given.nested,
    colour: 'yellow',
    hello: 'world',
    full_name: 'New Name',
  });
  const { rows } = await database.server.query('select full_name, role from users where id = $1', [id]);
  expect(rows).toEqual([{ full_name: 'New Name', role: 'student' }]);
});

test('facts are bounded, and a name must be one', async () => {
  const { supabase } = await server.signIn(person.email, password);
  expect(await codeOf(supabase.auth.updateUser({ data: { text: 'x'.repeat(17_000) } }))).toBe('validation_failed');
  for (const full_name of ['', 'x'.repeat(101), 7])
    expect(await codeOf(supabase.auth.updateUser({ data: { full_name } }))).toBe('validation_failed');
});

test('an operator gives the id; one that is taken is refused', async () => {
  const id = randomUUID();
  const created = await operator().createUser({ id, email: newAddress(), password });
  expect(created.data.user?.id).toBe(id);
  expect(await codeOf(operator().createUser({ id, email: newAddress(), password }))).toBe('conflict');
});

test('accounts come in pages with their numbers', async () => {
  for (let i = 0; i < 3; i++) await operator().createUser({ email: newAddress() });
  const all = await operator().listUsers({ page: 1, perPage: 1000 });
  const { total } = all.data as { total: number };
  expect(all.data.users).toHaveLength(total);
  const page = await operator().listUsers({ page: 2, perPage: 2 });
  expect(page.data.users.map(({ id }) => id)).toEqual(all.data.users.slice(2, 4).map(({ id }) => id));
  expect(page.data).toMatchObject({ total, nextPage: total > 4 ? 3 : null, lastPage: Math.ceil(total / 2) });
  expect((await operator().listUsers({ page: 999, perPage: 50 })).data.users).toEqual([]);
});

test('a ban ends by itself after its duration, or when it is lifted', async () => {
  const email = newAddress();
  const { data } = await operator().createUser({ email, password });
  const banned = await operator().updateUserById(data.user!.id, { ban_duration: '1h30m' });
  const until = Date.parse((banned.data.user as unknown as { banned_until: string }).banned_until);
  expect(Math.abs(until - Date.now() - 90 * 60_000)).toBeLessThan(60_000);
  await expect(server.signIn(email, password)).rejects.toMatchObject({ code: 'user_banned' });
  skewMs = 91 * 60_000;
  await server.signIn(email, password);
  skewMs = 0;
  expect(await codeOf(operator().updateUserById(data.user!.id, { ban_duration: 'forever' }))).toBe('validation_failed');
});

test('an operator signs a session out by its token, by scope', async () => {
  const one = await server.signIn(person.email, password);
  const two = await server.signIn(person.email, password);
  const status = async ({ call }: typeof one) => (await call('GET', '/auth/v1/user')).status;
  expect((await operator().signOut(one.session.access_token, 'others')).error).toBeNull();
  expect([await status(one), await status(two)]).toEqual([200, 403]);
  expect((await operator().signOut(one.session.access_token, 'local')).error).toBeNull();
  expect(await status(one)).toBe(403);
  expect(await codeOf(operator().signOut('this-is-no-token'))).toBe('bad_jwt');
});

test('an operator lists and removes a factor; its codes go with it and the session falls back', async () => {
  const email = newAddress();
  const { data } = await operator().createUser({ email, password });
  const userId = data.user!.id;
  const { supabase, session } = await server.signIn(email, password);
  const app = await setUpApp(supabase, new Date(), 'Phone');
  const listed = await operator().mfa.listFactors({ userId });
  expect(listed.data!.factors).toMatchObject([{ id: app.factorId, friendly_name: 'Phone', status: 'verified' }]);
  expect(await codeOf(operator().mfa.deleteFactor({ userId, id: randomUUID() }))).toBe('mfa_factor_not_found');
  expect(await codeOf(operator().mfa.deleteFactor({ userId: person.id, id: app.factorId }))).toBe(
    'mfa_factor_not_found',
  );
  expect((await operator().mfa.deleteFactor({ userId, id: app.factorId })).error).toBeNull();
  expect((await operator().mfa.listFactors({ userId })).data!.factors).toEqual([]);
  expect((await server.signIn(email, password)).session.user.factors).toBeUndefined();
  expect(session.user.id).toBe(userId);
});

test('an invited person is told apart by the day of the invitation', async () => {
  const { data } = await operator().inviteUserByEmail(newAddress(), {
    data: { status: 'alpha' },
    redirectTo: 'http://learn.test/welcome',
  });
  expect(data.user).toMatchObject({ invited_at: expect.any(String), user_metadata: { status: 'alpha' } });
});

test.each(['recovery', 'magiclink', 'invite'] as const)(
  'a link of the type %s signs in, by hash or by address',
  async (type) => {
    const email = newAddress();
    // Whoever has a password already is invited no more.
    await operator().createUser(type === 'invite' ? { email } : { email, password });
    const made = async () =>
      (await operator().generateLink({ type, email, options: { redirectTo: 'http://learn.test/welcome' } })).data;
    const { properties, user } = await made();
    expect(properties!.action_link).toMatch(
      new RegExp(`^http://learn.test/auth/v1/verify\\?token=.+&type=${type}&redirect_to=http://learn.test/welcome$`),
    );
    const byHash = await anon().auth.verifyOtp({ token_hash: properties!.hashed_token, type });
    expect(byHash.data.user?.id).toBe(user!.id);
    const byAddress = await anon().auth.verifyOtp({ email, token: (await made()).properties!.email_otp, type });
    expect(byAddress.data.user?.id).toBe(user!.id);
  },
);

test('links of the types signup and invite make the account; the others need one', async () => {
  const email = newAddress();
  const signup = await operator().generateLink({ type: 'signup', email, password, options: { data: { plan: 'a' } } });
  expect(signup.data.user).toMatchObject({ email, user_metadata: { plan: 'a' } });
  const followed = await anon().auth.verifyOtp({ token_hash: signup.data.properties!.hashed_token, type: 'email' });
  expect(followed.data.user?.email).toBe(email);
  await server.signIn(email, password);
  expect(await codeOf(operator().generateLink({ type: 'signup', email, password }))).toBe('email_exists');
  const invite = await operator().generateLink({ type: 'invite', email: newAddress() });
  expect(invite.data.user).toMatchObject({ invited_at: expect.any(String) });
  expect(await codeOf(operator().generateLink({ type: 'recovery', email: newAddress() }))).toBe('user_not_found');
  const magic = await operator().generateLink({ type: 'magiclink', email: newAddress() });
  const { hashed_token, verification_type } = magic.data.properties!;
  expect(verification_type).toBe('signup');
  const entered = await anon().auth.verifyOtp({ token_hash: hashed_token, type: 'signup' });
  expect(entered.data.user?.id).toBe(magic.data.user!.id);
  expect(await codeOf(operator().generateLink({ type: 'invite', email }))).toBe('email_exists');
});

test('an operator makes both links of a change of address', async () => {
  const [email, newEmail] = [newAddress(), newAddress()];
  await operator().createUser({ email, password });
  const current = await operator().generateLink({ type: 'email_change_current', email, newEmail });
  expect(current.data.user).toMatchObject({ email, new_email: newEmail });
  expect(current.data.properties!.action_link).toContain('type=email_change&');
  const other = await operator().generateLink({ type: 'email_change_new', email, newEmail });
  const follow = (token_hash: string) => anon().auth.verifyOtp({ token_hash, type: 'email_change' });
  expect((await follow(current.data.properties!.hashed_token)).data.session).toBeNull();
  expect((await follow(other.data.properties!.hashed_token)).data.user).toMatchObject({ email: newEmail });
  expect(
    await codeOf(operator().generateLink({ type: 'email_change_new', email: newEmail, newEmail: person.email })),
  ).toBe('email_exists');
});

test('the only identity of an account is its address, and it stays', async () => {
  const { supabase } = await server.signIn(person.email, password);
  const { data } = await supabase.auth.getUserIdentities();
  expect(data!.identities).toMatchObject([{ provider: 'email', identity_data: { email: person.email } }]);
  expect(await codeOf(supabase.auth.unlinkIdentity(data!.identities[0]!))).toBe('single_identity_not_deletable');
  expect(await codeOf(supabase.auth.linkIdentity({ provider: 'google' }))).toBe('manual_linking_disabled');
});
