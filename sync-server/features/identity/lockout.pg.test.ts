import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
const minute = 60_000;
let database: TestDatabase;
let server: TestServer;
let person: Person;
let skewMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, {
    clock: { now: () => new Date(Date.now() + skewMs) },
    env: { TRUSTED_PROXIES: '1' },
  });
});
beforeEach(async () => {
  skewMs = 0;
  person = await createPerson(database.server, 'student', { password });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

type Answer = { status: number; body: Record<string, unknown>; ms: number };
async function tryPassword(email: string, given: string, address = '127.0.0.1'): Promise<Answer> {
  const started = performance.now();
  const response = await fetch(`${server.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ email, password: given }),
  });
  const { requestId: _requestId, ...body } = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, ms: performance.now() - started };
}
async function fail(email: string, times: number, address?: string): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < times; i++) answers.push(await tryPassword(email, `wrong ${i}`, address));
  return answers;
}
const statuses = async (...answers: Promise<Answer>[]) => (await Promise.all(answers)).map(({ status }) => status);

test('five wrong passwords lock the account for 15 minutes, for the right password too', async () => {
  await fail(person.email, 4);
  expect((await tryPassword(person.email, password)).status).toBe(200);
  await fail(person.email, 5);
  expect((await tryPassword(person.email, password)).status).toBe(400);
  skewMs = 14 * minute;
  expect((await tryPassword(person.email, password)).status).toBe(400);
  skewMs = 16 * minute;
  expect((await tryPassword(person.email, password)).status).toBe(200);
});

test('the lock grows when it closes again', async () => {
  await fail(person.email, 5);
  skewMs = 16 * minute;
  await fail(person.email, 5);
  skewMs = 16 * minute + 29 * minute;
  expect((await tryPassword(person.email, password)).status).toBe(400);
  skewMs = 16 * minute + 31 * minute;
  expect((await tryPassword(person.email, password)).status).toBe(200);
});

test('wrong tries more than 15 minutes apart never lock', async () => {
  for (let i = 0; i < 6; i++) {
    skewMs = i * 16 * minute;
    await fail(person.email, 1);
  }
  expect((await tryPassword(person.email, password)).status).toBe(200);
});

test('six guesses at once find the lock that the fifth closed', async () => {
  const answers = await statuses(
    ...[1, 2, 3, 4, 5].map((n) => tryPassword(person.email, `guess ${n}`)),
    tryPassword(person.email, password),
  );
  expect(answers).toEqual([400, 400, 400, 400, 400, 400]);
});

test('many right sign-ins at once all succeed', async () => {
  const answers = await statuses(...Array.from({ length: 8 }, () => tryPassword(person.email, password)));
  expect(answers).toEqual(Array.from({ length: 8 }, () => 200));
});

test('an address that exists, one that does not, and a locked one get the same answer, not sooner', async () => {
  const known = await fail(person.email, 6);
  const unknown = await fail(`nobody-${randomUUID()}@example.test`, 6);
  const locked = await tryPassword(person.email, password);
  const first = known[0]!;
  for (const answer of [...known, ...unknown, locked]) {
    expect({ status: answer.status, body: answer.body }).toEqual({ status: first.status, body: first.body });
    expect(answer.ms).toBeGreaterThan(240);
  }
});

test('20 wrong tries from one network address stop strangers there, not its regulars and not other places', async () => {
  const address = '203.0.113.7';
  const regular = await createPerson(database.server, 'mentor', { password });
  expect((await tryPassword(regular.email, password, address)).status).toBe(200);
  await Promise.all(Array.from({ length: 20 }, (_, i) => tryPassword(`nobody-${i}@example.test`, 'wrong', address)));
  expect((await tryPassword(person.email, password, address)).status).toBe(400);
  expect((await tryPassword(regular.email, password, address)).status).toBe(200);
  expect((await tryPassword(person.email, password, '203.0.113.8')).status).toBe(200);
});

test('the machine itself is never counted as an address, since everybody may come through it', async () => {
  await Promise.all(Array.from({ length: 24 }, (_, i) => tryPassword(`someone-${i}@example.test`, 'wrong')));
  expect((await tryPassword(person.email, password)).status).toBe(200);
});

test('the failures of a real account show in its security summary', async () => {
  await fail(person.email, 2);
  const { rows } = await database.server.query(
    'select failed_login_attempts from user_security_summary where user_id = $1',
    [person.id],
  );
  expect(rows).toEqual([{ failed_login_attempts: 2 }]);
});
