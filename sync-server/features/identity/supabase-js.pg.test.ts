import { createHash, randomUUID } from 'node:crypto';
import {
  createClient,
  isAuthSessionMissingError,
  isAuthWeakPasswordError,
  type AuthError,
} from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSupabase, startServer, type TestServer } from '../../testing/api-client.ts';
import { enrolApp, setUpApp } from '../../testing/authenticator.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

/** supabase.auth call by call: what its callers get from GoTrue, they get here. */

const serviceKey = `service-${randomUUID()}`;
const password = 'a calm river at dawn';
const other = 'quite another river';
let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, {
    env: { SERVICE_KEY_HASH: createHash('sha256').update(serviceKey).digest('hex'), PUBLIC_URL: 'http://learn.test' },
  });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const anon = () => createSupabase(server.url).auth;
const admin = () =>
  createClient(server.url, serviceKey, { auth: { persistSession: false, autoRefreshToken: false } }).auth.admin;
const address = () => `${randomUUID()}@example.test`;
async function somebody(email = address()) {
  const { data, error } = await admin().createUser({ email, password, email_confirm: true });
  if (error) throw error;
  return { email, id: data.user.id };
}
async function signedIn(email?: string) {
  const person = await somebody(email);
  const supabase = createSupabase(server.url);
  const { data, error } = await supabase.auth.signInWithPassword({ email: person.email, password });
  if (error) throw error;
  return { ...person, auth: supabase.auth, supabase, session: data.session };
}
const said = ({ error }: { error: AuthError | null }) => error && { status: error.status, code: error.code };
const linkOf = async (type: 'recovery' | 'invite' | 'magiclink', email: string) => {
  const { data, error } = await admin().generateLink({ type, email });
  if (error) throw error;
  return data.properties.hashed_token;
};

describe('a session', () => {
  test('is opened by a password; a wrong one and an unknown address are told alike', async () => {
    const { email, session } = await signedIn();
    expect(session).toMatchObject({
      token_type: 'bearer',
      expires_in: expect.any(Number),
      expires_at: expect.any(Number),
      user: { email, aud: 'authenticated', role: 'authenticated', app_metadata: { provider: 'email' } },
    });
    for (const [who, what] of [
      [email, other],
      [address(), password],
    ] as const) {
      const refused = await anon().signInWithPassword({ email: who, password: what });
      expect(said(refused)).toEqual({ status: 400, code: 'invalid_credentials' });
      expect(refused.error!.message).toContain('Invalid login credentials');
      expect(refused.data).toMatchObject({ user: null, session: null });
    }
  });

  test('is refreshed, taken over by setSession, and known by getUser and getClaims', async () => {
    const { auth, session, id } = await signedIn();
    const refreshed = (await auth.refreshSession()).data.session!;
    expect(refreshed.refresh_token).not.toBe(session.refresh_token);
    const taken = anon();
    const { access_token, refresh_token } = refreshed;
    expect((await taken.setSession({ access_token, refresh_token })).data.user!.id).toBe(id);
    expect((await taken.getUser()).data.user!.id).toBe(id);
    expect((await anon().getUser(access_token)).data.user!.id).toBe(id);
    const { data } = await taken.getClaims();
    expect(data!.header).toMatchObject({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) });
    expect(data!.claims).toMatchObject({ sub: id, role: 'authenticated', aal: 'aal1', amr: [{ method: 'password' }] });
    const tampered = `${access_token.slice(0, -4)}AAAA`;
    expect((await anon().getClaims(tampered)).error).not.toBeNull();
    expect(said(await anon().getUser('no.token.atall'))).toEqual({ status: 403, code: 'bad_jwt' });
    expect(said(await anon().refreshSession({ refresh_token: 'never-given' }))).toEqual({
      status: 400,
      code: 'refresh_token_not_found',
    });
  });

  test.each([
    ['local', false, true],
    ['others', true, false],
    ['global', false, false],
  ] as const)('signs out by scope: %s', async (scope, staysHere, staysThere) => {
    const { auth, email, session } = await signedIn();
    const there = createSupabase(server.url).auth;
    const second = (await there.signInWithPassword({ email, password })).data.session!;
    expect((await auth.signOut({ scope })).error).toBeNull();
    const stands = async (token: string) => {
      const { data, error } = await anon().getUser(token);
      if (error && !isAuthSessionMissingError(error)) throw error;
      return data.user !== null;
    };
    expect([await stands(session.access_token), await stands(second.access_token)]).toEqual([staysHere, staysThere]);
  });
});

describe('updateUser', () => {
  test('changes password, facts and, by two mails, the address', async () => {
    const { auth, email } = await signedIn();
    const weak = await auth.updateUser({ password: 'password' });
    expect(said(weak)).toEqual({ status: 422, code: 'weak_password' });
    expect(isAuthWeakPasswordError(weak.error) && weak.error.reasons).toEqual(['pwned']);
    expect(said(await auth.updateUser({ password }))).toEqual({ status: 422, code: 'same_password' });
    expect((await auth.updateUser({ password: other })).error).toBeNull();
    expect((await anon().signInWithPassword({ email, password: other })).error).toBeNull();
    const facts = await auth.updateUser({ data: { colour: 'green' } });
    expect(facts.data.user!.user_metadata).toMatchObject({ colour: 'green' });
    const wanted = address();
    const asked = await auth.updateUser({ email: wanted });
    expect(asked.data.user).toMatchObject({ email, new_email: wanted, email_change_sent_at: expect.any(String) });
    expect(said(await auth.updateUser({ email: 'no address' }))).toEqual({ status: 400, code: 'validation_failed' });
    for (const type of ['email_change_current', 'email_change_new'] as const) {
      const made = await admin().generateLink({ type, email, newEmail: wanted });
      const token_hash = made.data.properties!.hashed_token;
      expect((await anon().verifyOtp({ token_hash, type: 'email_change' })).error).toBeNull();
    }
    expect((await auth.getUser()).data.user!.email).toBe(wanted);
  });

  test('without a session is refused before it leaves', async () => {
    expect(isAuthSessionMissingError((await anon().updateUser({ password: other })).error)).toBe(true);
  });

  test('reauthenticate asks for a code by mail; a wrong nonce is none', async () => {
    const { auth, id } = await signedIn();
    expect((await auth.reauthenticate()).error).toBeNull();
    const { rows } = await database.server.query('select template_key from email_queue where user_id = $1', [id]);
    expect(rows).toContainEqual({ template_key: 'reauthentication' });
    expect(said(await auth.updateUser({ password: other, nonce: '000000' }))).toEqual({
      status: 422,
      code: 'reauthentication_not_valid',
    });
  });
});

describe('links', () => {
  test('of a recovery: asked for without a word about accounts, used once', async () => {
    const { email } = await somebody();
    for (const who of [email, address()])
      expect(await anon().resetPasswordForEmail(who, { redirectTo: 'http://learn.test/#/x' })).toMatchObject({
        error: null,
      });
    const token_hash = await linkOf('recovery', email);
    const auth = anon();
    const opened = await auth.verifyOtp({ token_hash, type: 'recovery' });
    expect(opened.data.session).toMatchObject({ user: { email } });
    expect((await auth.updateUser({ password: other })).error).toBeNull();
    expect(said(await anon().verifyOtp({ token_hash, type: 'recovery' }))).toEqual({
      status: 403,
      code: 'otp_expired',
    });
    const token = await linkOf('recovery', email);
    expect(said(await anon().verifyOtp({ email: address(), token, type: 'recovery' }))).toMatchObject({ status: 403 });
    expect((await anon().verifyOtp({ email, token, type: 'recovery' })).error).toBeNull();
  });

  test('of an invitation: the person chooses a password and is in', async () => {
    const email = address();
    const invited = await admin().inviteUserByEmail(email, { data: { plan: 'a' }, redirectTo: 'http://learn.test/' });
    expect(invited.data.user).toMatchObject({ email, invited_at: expect.any(String), user_metadata: { plan: 'a' } });
    expect(said(await admin().inviteUserByEmail(email))).toEqual({ status: 422, code: 'email_exists' });
    const auth = anon();
    expect((await auth.verifyOtp({ token_hash: await linkOf('invite', email), type: 'invite' })).error).toBeNull();
    expect((await auth.updateUser({ password })).error).toBeNull();
    expect((await anon().signInWithPassword({ email, password })).error).toBeNull();
  });
});

describe('mfa', () => {
  test('enrol, challenge, verify, levels, list, unenrol', async () => {
    const { auth, supabase, email } = await signedIn();
    const level = async () => (await auth.mfa.getAuthenticatorAssuranceLevel()).data;
    expect(await level()).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal1' });
    const app = await enrolApp(supabase, 'Phone');
    expect((await auth.mfa.listFactors()).data).toMatchObject({
      totp: [],
      all: [{ id: app.factorId, status: 'unverified' }],
    });
    const challenge = await auth.mfa.challenge({ factorId: app.factorId });
    expect(challenge.data).toMatchObject({ id: expect.any(String), type: 'totp', expires_at: expect.any(Number) });
    const answer = (code: string) => auth.mfa.verify({ factorId: app.factorId, challengeId: challenge.data!.id, code });
    expect(said(await answer('000000'))).toEqual({ status: 422, code: 'mfa_verification_failed' });
    const raised = await answer(app.code(new Date()));
    expect(raised.data).toMatchObject({ access_token: expect.any(String), token_type: 'bearer', user: { email } });
    expect(await level()).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' });
    expect((await auth.mfa.listFactors()).data!.totp).toMatchObject([{ id: app.factorId, friendly_name: 'Phone' }]);
    const weak = createSupabase(server.url).auth;
    await weak.signInWithPassword({ email, password });
    expect((await weak.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({
      currentLevel: 'aal1',
      nextLevel: 'aal2',
    });
    expect(said(await weak.updateUser({ password: other }))).toEqual({ status: 401, code: 'insufficient_aal' });
    expect(said(await weak.mfa.unenroll({ factorId: app.factorId }))).toEqual({
      status: 422,
      code: 'insufficient_aal',
    });
    expect(said(await weak.mfa.enroll({ factorType: 'totp' }))).toEqual({ status: 403, code: 'insufficient_aal' });
    expect(said(await auth.mfa.challenge({ factorId: randomUUID() }))).toEqual({
      status: 404,
      code: 'mfa_factor_not_found',
    });
    expect((await auth.mfa.unenroll({ factorId: app.factorId })).data).toEqual({ id: app.factorId });
  });

  test('operators list and delete factors', async () => {
    const { supabase, id } = await signedIn();
    const { factorId } = await setUpApp(supabase, new Date());
    const listed = await admin().mfa.listFactors({ userId: id });
    expect(listed.data!.factors).toMatchObject([{ id: factorId, factor_type: 'totp', status: 'verified' }]);
    expect((await admin().mfa.deleteFactor({ userId: id, id: factorId })).error).toBeNull();
    expect((await admin().mfa.listFactors({ userId: id })).data!.factors).toEqual([]);
  });
});

describe('accounts by the service key', () => {
  test('are listed newest first, read, changed and removed; the address is free again and the records stay', async () => {
    const email = address();
    const { id } = await somebody(email);
    expect((await admin().listUsers({ page: 1, perPage: 1 })).data.users).toMatchObject([{ id, email }]);
    expect((await admin().getUserById(id)).data.user).toMatchObject({ id, email });
    expect(said(await admin().createUser({ email, password }))).toEqual({ status: 422, code: 'email_exists' });
    expect(said(await admin().createUser({ email: address(), password: 'short' }))).toEqual({
      status: 422,
      code: 'weak_password',
    });
    expect(said(await admin().createUser({ password } as never))).toEqual({ status: 400, code: 'validation_failed' });
    const renamed = await admin().updateUserById(id, { user_metadata: { full_name: 'Zain' }, password: other });
    expect(renamed.data.user!.user_metadata).toEqual({ full_name: 'Zain' });
    expect((await anon().signInWithPassword({ email, password: other })).error).toBeNull();

    expect((await admin().deleteUser(id)).error).toBeNull();
    for (const again of [admin().getUserById(id), admin().updateUserById(id, {}), admin().deleteUser(id)])
      expect(said(await again)).toEqual({ status: 404, code: 'user_not_found' });
    expect(said(await anon().signInWithPassword({ email, password: other }))).toMatchObject({
      code: 'invalid_credentials',
    });
    const successor = await somebody(email);
    expect(successor.id).not.toBe(id);
    const { rows } = await database.server.query<{ email: string; former: string; number: string }>(
      `select u.email, d.former_email as former, s.student_number as number
       from users u join account_details d on d.user_id = u.id join students s on s.id = u.id where u.id = $1`,
      [id],
    );
    expect(rows).toEqual([{ email: `removed-${id}@removed.invalid`, former: email, number: expect.any(String) }]);
  });

  test('are banned and let in again', async () => {
    const { email, id } = await somebody();
    const { auth, session } = await signInAs(email);
    expect((await admin().updateUserById(id, { ban_duration: '24h' })).data.user).toMatchObject({
      banned_until: expect.any(String),
    });
    expect(said(await anon().signInWithPassword({ email, password }))).toEqual({ status: 400, code: 'user_banned' });
    expect(said(await auth.refreshSession(session))).toMatchObject({ status: 400 });
    expect((await admin().updateUserById(id, { ban_duration: 'none' })).error).toBeNull();
    expect((await anon().signInWithPassword({ email, password })).error).toBeNull();
  });

  test('links of every type, with what programs read of them', async () => {
    const { email } = await somebody();
    const { data } = await admin().generateLink({
      type: 'magiclink',
      email,
      options: { redirectTo: 'http://learn.test/a' },
    });
    expect(data.properties).toMatchObject({
      action_link: expect.stringMatching(
        /\/auth\/v1\/verify\?token=.+&type=magiclink&redirect_to=http:\/\/learn\.test\/a$/,
      ),
      email_otp: expect.any(String),
      hashed_token: expect.any(String),
      redirect_to: 'http://learn.test/a',
      verification_type: 'magiclink',
    });
    expect(said(await admin().generateLink({ type: 'recovery', email: address() }))).toEqual({
      status: 404,
      code: 'user_not_found',
    });
    expect(said(await admin().generateLink({ type: 'signup', email, password }))).toEqual({
      status: 422,
      code: 'email_exists',
    });
  });

  test('a session is signed out by its token', async () => {
    const { session } = await signedIn();
    expect((await admin().signOut(session.access_token, 'global')).error).toBeNull();
    expect(isAuthSessionMissingError((await anon().getUser(session.access_token)).error)).toBe(true);
    expect(said(await admin().signOut('this-is-no-token'))).toEqual({ status: 403, code: 'bad_jwt' });
  });

  test('are nobody else’s business: no key, a wrong one, a person', async () => {
    const { session } = await signedIn();
    const ask = async (key: string) =>
      said(await createClient(server.url, key, { auth: { persistSession: false } }).auth.admin.listUsers());
    expect(await ask('wrong')).toEqual({ status: 403, code: 'bad_jwt' });
    expect(await ask(session.access_token)).toEqual({ status: 403, code: 'not_admin' });
    const { status } = await fetch(`${server.url}/auth/v1/admin/users`);
    expect(status).toBe(401);
  });
});

async function signInAs(email: string) {
  const { auth } = createSupabase(server.url);
  const { data, error } = await auth.signInWithPassword({ email, password });
  if (error) throw error;
  return { auth, session: data.session };
}

test('a refusal has the body of the protocol', async () => {
  const response = await fetch(`${server.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-supabase-api-version': '2024-01-01' },
    body: JSON.stringify({ email: address(), password }),
  });
  expect(response.headers.get('x-supabase-api-version')).toBe('2024-01-01');
  const body = (await response.json()) as Record<string, string>;
  expect(body).toMatchObject({ code: 'invalid_credentials', error_code: 'invalid_credentials' });
  expect([body['msg'], body['message']]).toEqual([body['error'], body['error']]);
});
