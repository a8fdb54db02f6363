import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeSetup } from '../../start/setup-link.ts';
import { startServer, type TestServer } from '../../testing/api-client.ts';
import { createPerson } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let skewMs = 0;

beforeEach(async () => {
  skewMs = 0;
  database = await createTestDatabase();
  server = await startServer(database, { clock: { now: () => new Date(Date.now() + skewMs) } });
});
afterEach(async () => {
  await server.close();
  await database.drop();
});

/** The secret in the link that the operator is shown. */
async function mint(): Promise<string> {
  const told = await describeSetup(server.deps, 'https://learn.example.test/');
  return /https:\/\/learn\.example\.test\/#\/set-up\/([\w-]{43})$/.exec(told!)![1]!;
}
async function setUp(token: string, changes: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/auth/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-device-id': randomUUID() },
    body: JSON.stringify({
      token,
      company_name: 'Falcon Academy',
      full_name: 'Sana Khan',
      email: 'Sana@Example.test',
      password,
      ...changes,
    }),
  });
  const body = (await response.json()) as { code?: string; access_token?: string };
  return { status: response.status, ...body };
}

test('the link makes the first superadmin once, who is signed in and whose academy has a name', async () => {
  const token = await mint();
  const { access_token } = await setUp(token);
  const whoami = await fetch(`${server.url}/functions/v1/whoami`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(await whoami.json()).toMatchObject({
    data: { role: 'superadmin', email: 'sana@example.test', password_required: false, second_step: 'none' },
  });
  const company = await database.server.query('select company_name, contact_email from company_settings');
  expect(company.rows).toEqual([{ company_name: 'Falcon Academy', contact_email: 'sana@example.test' }]);
  await server.signIn('sana@example.test', password);

  expect(await setUp(token)).toMatchObject({ status: 404, code: 'not_found' });
  expect(await describeSetup(server.deps, 'https://learn.example.test')).toBeNull();
});

test('only the newest link counts, for a day, and the database does not hold it', async () => {
  const first = await mint();
  const second = await mint();
  const { rows } = await database.server.query<{ text: string }>('select t::text as text from setup_tokens t');
  expect(rows).toHaveLength(1);
  expect(rows[0]!.text).not.toContain(second);
  expect(await setUp(first)).toMatchObject({ status: 403, code: 'otp_expired' });
  skewMs = 25 * 3_600_000;
  expect(await setUp(second)).toMatchObject({ status: 403, code: 'otp_expired' });
  expect((await setUp(await mint())).status).toBe(200);
});

test('a guess is refused, and too many of them wait', async () => {
  await mint();
  const answers = [];
  for (let i = 0; i < 11; i++) answers.push((await setUp('x'.repeat(43))).status);
  expect(answers).toEqual([...Array.from({ length: 10 }, () => 403), 429]);
  expect((await database.server.query('select from users')).rowCount).toBe(0);
});

test('two at once make one superadmin', async () => {
  const token = await mint();
  const answers = await Promise.all([setUp(token), setUp(token, { email: 'other@example.test' })]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
  expect((await database.server.query('select from users')).rowCount).toBe(1);
});

test('a weak password leaves the link as it was', async () => {
  const token = await mint();
  expect(await setUp(token, { password: '12345678' })).toMatchObject({ status: 422, code: 'weak_password' });
  expect((await setUp(token)).status).toBe(200);
});

test('where there is any account, there is nothing to set up', async () => {
  const token = await mint();
  await createPerson(database.server, 'student');
  expect(await describeSetup(server.deps, 'https://learn.example.test')).toBeNull();
  expect(await setUp(token)).toMatchObject({ status: 404, code: 'not_found' });
});
