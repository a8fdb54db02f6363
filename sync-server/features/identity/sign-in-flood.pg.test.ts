import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { hashPassword } from './passwords.ts';

/** The short form of `npm run bench -- sign-in`: accounts whose hashes cost what they cost in the product, and a flood of guesses. */
const password = 'a calm river at dawn';
const targets = 30;
let database: TestDatabase;
let server: TestServer;
let stored: string;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  stored = await hashPassword(password);
  for (let at = 0; at < targets; at++) await addPerson(`known-${at}@example.test`);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

async function addPerson(email: string): Promise<Person> {
  const person = await createPerson(database.server, 'admin', { email });
  await database.server.query('insert into user_credentials (user_id, password_hash) values ($1, $2)', [
    person.id,
    stored,
  ]);
  return person;
}

type Answer = { status: number; ms: number; retryAfter: string | null; body: Record<string, unknown> };
async function knock(email: string, given: string, headers: Record<string, string> = {}): Promise<Answer> {
  const started = performance.now();
  const response = await fetch(`${server.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ email, password: given }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return {
    status: response.status,
    ms: performance.now() - started,
    retryAfter: response.headers.get('retry-after'),
    body,
  };
}
/** Wrong guesses at every account and at as many addresses nobody has, in turn. */
async function wave(): Promise<{ known: Answer[]; unknown: Answer[] }> {
  const answers = await Promise.all(
    Array.from({ length: 2 * targets }, (_, at) =>
      knock(`${at % 2 ? 'unknown' : 'known'}-${at >> 1}@example.test`, 'wrong'),
    ),
  );
  return { known: answers.filter((_, at) => at % 2 === 0), unknown: answers.filter((_, at) => at % 2 === 1) };
}
const median = (answers: readonly Answer[]): number =>
  answers.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(answers.length / 2)]!;

test('in a flood regulars get in, and refusals of any kind take alike', { timeout: 90_000 }, async () => {
  const byAddress = await addPerson('regular@example.test');
  expect((await knock(byAddress.email, password)).status).toBe(200);
  const differences: number[] = [];
  for (let at = 0; at < 3; at++) {
    const [{ known, unknown }, right] = await Promise.all([
      wave(),
      (async () => [await knock(byAddress.email, password), await knock(byAddress.email, password)])(),
    ]);
    expect(right.map(({ status }) => status)).toEqual([200, 200]);
    // Neither kind is told apart by what it is answered.
    for (const answers of [known, unknown])
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400, 503]));
    differences.push(Math.abs(median(known) - median(unknown)));
  }
  // Nor by when. A kind that is answered sooner is so by a beat of 250 ms, every time; a busy machine is late here and there.
  expect(Math.min(...differences)).toBeLessThan(125);
});

test('being turned away is 503 with Retry-After, never 429, which clients take as the end of the session', async () => {
  const { known } = await wave();
  const busy = known.filter(({ status }) => status === 503);
  expect(busy[0]).toMatchObject({ retryAfter: '2', body: { code: 'request_timeout' } });
});

/** Processor time of this process, the hashes of its threads included, in milliseconds. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test('unknown addresses cost no hash, however many come', async () => {
  let answers: Answer[] = [];
  const spent = await processorTime(async () => {
    answers = await Promise.all(
      Array.from({ length: 300 }, () => knock(`nobody-${randomUUID()}@example.test`, 'wrong')),
    );
  });
  // 300 hashes take eighteen seconds; sixty decoys at most are worked out.
  expect(spent).toBeLessThan(9000);
  expect(answers.every(({ status, ms }) => status === 503 || (status === 400 && ms > 240))).toBe(true);
});

test('a locked account costs no hash either, and its answers come no sooner', async () => {
  const person = await addPerson('locked@example.test');
  for (let at = 0; at < 5; at++) await knock(person.email, 'wrong');
  let answers: Answer[] = [];
  const spent = await processorTime(async () => {
    answers = await Promise.all(Array.from({ length: 100 }, () => knock(person.email, password)));
  });
  expect(spent).toBeLessThan(4000);
  expect(answers.every(({ status, ms }) => status === 400 && ms > 240)).toBe(true);
});

test('a device that signed in before is known from another network, too', async () => {
  const person = await addPerson('traveller@example.test');
  const device = { 'x-device-id': randomUUID() };
  expect((await knock(person.email, password, device)).status).toBe(200);
  const { rows } = await database.server.query(
    `select count(*)::int as remembered from sign_in_attempts where succeeded_at > now() - interval '1 minute'`,
  );
  // The regular's address; the traveller's address and device.
  expect(rows).toEqual([{ remembered: 3 }]);
});
