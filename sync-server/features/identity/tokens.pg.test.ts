import { createHmac, randomUUID } from 'node:crypto';
import { base64url, exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let person: Person;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  person = await createPerson(database.server, 'student', { password });
  client = await server.signIn(person.email, password);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

type Answer = { status: number; code: string; reason: string | undefined };
async function present(token: string): Promise<Answer> {
  const response = await fetch(`${server.url}/functions/v1/whoami`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  const body = (await response.json()) as { code: string; details?: { reason?: string } };
  return { status: response.status, code: body.code, reason: body.details?.reason };
}
const badToken: Answer = { status: 401, code: 'AUTH_REQUIRED', reason: 'bad_token' };

const parts = () => client.session.access_token.split('.') as [string, string, string];
const payload = () => JSON.parse(Buffer.from(parts()[1], 'base64url').toString()) as Record<string, unknown>;
const header = () =>
  JSON.parse(Buffer.from(parts()[0], 'base64url').toString()) as { alg: string; kid: string; typ: string };
const encode = (value: unknown): string => base64url.encode(JSON.stringify(value));

/** Signs with the server's own key what the server would never sign. */
async function signAs(claims: Record<string, unknown>, head: Record<string, unknown> = {}): Promise<string> {
  const { rows } = await database.server.query<{ private_jwk: JWK }>('select private_jwk from signing_keys');
  const { importJWK } = await import('jose');
  const key = await importJWK(rows[0]!.private_jwk, 'ES256');
  return new SignJWT(claims).setProtectedHeader({ ...header(), ...head }).sign(key);
}

test('the good token is good, so that the refusals below mean something', async () => {
  expect(await present(client.session.access_token)).toMatchObject({ status: 200 });
  expect(await present(await signAs(payload()))).toMatchObject({ status: 200 });
});

test('no token, and the public key of the app, are nobody', async () => {
  const response = await fetch(`${server.url}/functions/v1/whoami`, { method: 'POST' });
  expect([response.status, await response.json()]).toMatchObject([
    401,
    { success: false, code: 'AUTH_REQUIRED', details: { reason: 'no_token' } },
  ]);
  expect(await present('growth-os-web')).toEqual(badToken);
});

test('a changed payload is refused', async () => {
  const [head, , signature] = parts();
  expect(await present(`${head}.${encode({ ...payload(), sub: randomUUID() })}.${signature}`)).toEqual(badToken);
});

test('an unsigned token is refused, however it says none', async () => {
  for (const alg of ['none', 'None', 'NONE', ''])
    expect(await present(`${encode({ ...header(), alg })}.${encode(payload())}.`)).toEqual(badToken);
});

test('a token signed with the public key as a shared secret is refused', async () => {
  const { keys } = (await (await fetch(`${server.url}/auth/v1/.well-known/jwks.json`)).json()) as { keys: JWK[] };
  const text = `${encode({ ...header(), alg: 'HS256' })}.${encode(payload())}`;
  for (const secret of [JSON.stringify(keys[0]), keys[0]!.x!, header().kid]) {
    const signature = createHmac('sha256', secret).update(text).digest('base64url');
    expect(await present(`${text}.${signature}`)).toEqual(badToken);
  }
});

test('a token of a foreign key is refused, with its own kid, with ours, and with the key inside the token', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  for (const head of [{ alg: 'ES256', kid: 'foreign' }, header(), { ...header(), jwk }, { alg: 'ES256' }]) {
    expect(await present(await new SignJWT(payload()).setProtectedHeader(head).sign(privateKey))).toEqual(badToken);
  }
});

test('an expired token, another issuer, another audience and a missing end are refused', async () => {
  const { exp: _exp, ...endless } = payload();
  const wrong = [
    { ...payload(), exp: Math.floor(Date.now() / 1000) - 1 },
    { ...payload(), iss: 'https://elsewhere.example' },
    { ...payload(), aud: 'anon' },
    endless,
  ];
  for (const claims of wrong) expect(await present(await signAs(claims))).toEqual(badToken);
});

test('a valid token without a users row gets nothing', async () => {
  expect(await present(await signAs({ ...payload(), sub: randomUUID() }))).toMatchObject({
    status: 401,
    reason: 'session_ended',
  });
});

test("a valid token with somebody else's session gets nothing", async () => {
  const other = await createPerson(database.server, 'admin', { password });
  expect(await present(await signAs({ ...payload(), sub: other.id }))).toMatchObject({
    status: 401,
    reason: 'session_ended',
  });
});

test('a role in the token changes nothing', async () => {
  const token = await signAs({ ...payload(), app_metadata: { role: 'superadmin' }, user_role: 'superadmin' });
  const response = await fetch(`${server.url}/functions/v1/whoami`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await response.json()).toMatchObject({ data: { role: 'student' } });
});

test('the role is the one of this moment', async () => {
  const changing = await createPerson(database.server, 'mentor', { password });
  const { call } = await server.signIn(changing.email, password);
  await database.server.query(`update users set role = 'admin' where id = $1`, [changing.id]);
  expect(await (await call('POST', '/functions/v1/whoami')).json()).toMatchObject({ data: { role: 'admin' } });
});

test.each([
  ['a ban', 'update users set login_blocked = true where id = $1', 403, 'LOGIN_BLOCKED'],
  ['a deactivation', `update users set status = 'inactive' where id = $1`, 403, 'LOGIN_BLOCKED'],
  ['a suspension that signs out', `update users set status = 'suspended' where id = $1`, 403, 'LOGIN_BLOCKED'],
  ['a stamp over all sessions', 'update users set sessions_revoked_at = now() where id = $1', 401, 'AUTH_REQUIRED'],
  ['a revoked device', 'update devices set revoked_at = now() where user_id = $1', 401, 'AUTH_REQUIRED'],
  ['a deleted person', 'update users set is_deleted = true where id = $1', 401, 'AUTH_REQUIRED'],
])('%s bites on the next request', async (_name, statement, status, code) => {
  const blocked = await createPerson(database.server, 'student', { password });
  const { call } = await server.signIn(blocked.email, password);
  expect((await call('POST', '/functions/v1/whoami')).status).toBe(200);
  await database.server.query(statement, [blocked.id]);
  const response = await call('POST', '/functions/v1/whoami');
  expect([response.status, await response.json()]).toMatchObject([status, { code }]);
});

test('payment causes restrict but do not sign out', async () => {
  const owing = await createPerson(database.server, 'student', {
    password,
    lms_status: 'suspended',
    lms_status_reason: 'overdue',
  });
  const { call } = await server.signIn(owing.email, password);
  expect(await (await call('POST', '/functions/v1/whoami')).json()).toMatchObject({
    data: { restricted: true, lms_status_reason: 'overdue' },
  });
});

test('the published keys hold nothing private', async () => {
  const { keys } = (await (await fetch(`${server.url}/auth/v1/.well-known/jwks.json`)).json()) as { keys: JWK[] };
  expect(keys).toHaveLength(1);
  expect(keys[0]).not.toHaveProperty('d');
  expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
});
