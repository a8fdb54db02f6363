import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let person: Person;
let here: Client;
let lost: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
});
beforeEach(async () => {
  person = await createPerson(database.server, 'student', { password });
  here = await server.signIn(person.email, password);
  lost = await server.signIn(person.email, password);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const revoke = async (client: Client, device_id: string) => {
  const response = await client.call(
    'POST',
    '/functions/v1/revoke-device',
    { device_id },
    { 'idempotency-key': randomUUID() },
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const whoami = async (client: Client) => (await client.call('POST', '/functions/v1/whoami')).status;

test('a lost device is signed out at once, this one stays', async () => {
  expect(await revoke(here, lost.deviceId)).toMatchObject({
    status: 200,
    body: { data: { device_id: lost.deviceId, ended: 1 } },
  });
  expect([await whoami(here), await whoami(lost)]).toEqual([200, 401]);
  expect((await lost.supabase.auth.refreshSession()).error).toMatchObject({ code: 'session_expired' });
});

test('the password lets the device in again, its old session stays ended', async () => {
  await revoke(here, lost.deviceId);
  const again = await server.signIn(person.email, password, lost.deviceId);
  expect([await whoami(again), await whoami(lost)]).toEqual([200, 401]);
});

test('somebody else’s device is not found and stays signed in', async () => {
  const other = await createPerson(database.server, 'student', { password });
  const theirs = await server.signIn(other.email, password);
  expect(await revoke(here, theirs.deviceId)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(await whoami(theirs)).toBe(200);
});
