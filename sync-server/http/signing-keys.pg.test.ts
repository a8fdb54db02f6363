import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JWK } from 'jose';
import { createSupabase, startServer, type Client, type TestServer } from '../testing/api-client.ts';
import { createPerson, type Person } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { forgetRetiredKeys, rotateSigningKeys } from './signing-keys.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let running: TestServer;
let person: Person;

beforeAll(async () => {
  database = await createTestDatabase();
  running = await startServer(database);
  person = await createPerson(database.server, 'student', { password });
});
afterAll(async () => {
  await running.close();
  await database.drop();
});

/** A process that reads the list of keys now. */
async function withFreshServer<T>(work: (server: TestServer) => Promise<T>): Promise<T> {
  const fresh = await startServer(database);
  try {
    return await work(fresh);
  } finally {
    await fresh.close();
  }
}
const status = async (server: TestServer, { session }: Client) =>
  (await fetch(`${server.url}/auth/v1/user`, { headers: { authorization: `Bearer ${session.access_token}` } })).status;
const listed = async (server: TestServer): Promise<JWK[]> =>
  ((await (await fetch(`${server.url}/auth/v1/.well-known/jwks.json`)).json()) as { keys: JWK[] }).keys;
const keyOf = ({ session }: Client) =>
  (JSON.parse(Buffer.from(session.access_token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid;

test('after a rotation, tokens of the old key and of the new one hold, in every process', async () => {
  const before = await running.signIn(person.email, password);
  const kid = await rotateSigningKeys(database.server);
  await withFreshServer(async (fresh) => {
    const after = await fresh.signIn(person.email, password);
    expect(keyOf(after)).toBe(kid);
    expect(keyOf(before)).not.toBe(kid);
    expect((await listed(fresh)).map((key) => key.kid)).toEqual([kid, keyOf(before)]);
    expect(await status(fresh, before)).toBe(200);
    expect(await status(fresh, after)).toBe(200);
    // This process read its list before the rotation and asks again when it meets a key that it does not know.
    await expect.poll(() => status(running, after), { timeout: 5000 }).toBe(200);
  });
  const { rows } = await database.server.query<{ private_jwk: JWK }>(
    'select private_jwk from signing_keys where retired_at is not null',
  );
  expect(rows).toEqual([{ private_jwk: {} }]);
});

test('a retired key goes when its last token has ended', async () => {
  const client = await withFreshServer((fresh) => fresh.signIn(person.email, password));
  await rotateSigningKeys(database.server);
  await database.server.query(`update signing_keys set retired_at = now() - interval '21 minutes' where kid = $1`, [
    keyOf(client),
  ]);
  await withFreshServer(async (fresh) => {
    expect((await listed(fresh)).map((key) => key.kid)).not.toContain(keyOf(client));
    expect(await status(fresh, client)).toBe(403);
    const { refresh_token } = client.session;
    expect((await createSupabase(fresh.url).auth.refreshSession({ refresh_token })).error).toBeNull();
  });
  await forgetRetiredKeys(database.server);
  expect((await database.server.query('select from signing_keys where kid = $1', [keyOf(client)])).rowCount).toBe(0);
});

test('a key that leaked is void at once', async () => {
  const client = await withFreshServer((fresh) => fresh.signIn(person.email, password));
  const kid = await rotateSigningKeys(database.server, { atOnce: true });
  await withFreshServer(async (fresh) => {
    expect((await listed(fresh)).map((key) => key.kid)).toEqual([kid]);
    expect(await status(fresh, client)).toBe(403);
    await fresh.signIn(person.email, password);
  });
});

test('two rotations at once leave one present key', async () => {
  await Promise.all([rotateSigningKeys(database.server), rotateSigningKeys(database.server)]);
  const { rows } = await database.server.query('select kid from signing_keys where retired_at is null');
  expect(rows).toHaveLength(1);
});
