import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../config.ts';
import type { Deps } from '../deps.ts';
import { insertRow } from '../seed/insert-rows.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createPerson, type Person } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { signAccessToken } from './access-token.ts';
import { guardRoutes } from './auth.ts';
import { addCommand, defineCommand } from './commands.ts';
import { createDrain } from './drain.ts';
import { AppError, handleErrors } from './errors.ts';
import { createSigningKeys } from './signing-keys.ts';

let database: TestDatabase;
let app: FastifyInstance;
let deps: Deps;
let admin: { person: Person; token: string };
let student: { person: Person; token: string };
let runs = 0;
let gate: Promise<void> | null = null;
let failNext = false;
let skewMs = 0;

const orderTea = defineCommand({
  name: 'order-tea',
  summary: 'For this test',
  input: z.strictObject({ cups: z.int().min(1) }),
  output: z.object({ cups: z.int(), run: z.int(), by: z.uuid() }),
  roles: ['admin', 'superadmin'],
  writes: true,
  run: async ({ actor }, { cups }) => {
    const run = ++runs;
    await gate;
    if (failNext) throw new AppError('CONFLICT');
    return { cups, run, by: actor.id };
  },
});
/** Tea that is paid: one transaction, in which a line is written. */
const buyTea = defineCommand({
  name: 'buy-tea',
  summary: 'For this test',
  input: z.strictObject({ cups: z.int().min(1) }),
  output: z.object({ run: z.int() }),
  roles: ['admin'],
  writes: true,
  once: async ({ tx }, { cups }) => {
    const run = ++runs;
    await tx.query(
      "insert into number_counters (scope, last_value) values ('tea', $1) on conflict (scope) do update set last_value = number_counters.last_value + $1",
      [cups],
    );
    await gate;
    if (failNext) throw new AppError('CONFLICT');
    return { run };
  },
});
const smellTea = defineCommand({
  name: 'smell-tea',
  summary: 'For this test',
  input: z.strictObject({}),
  output: z.object({ smell: z.string() }),
  roles: ['admin'],
  writes: false,
  // Fields outside the declared answer never leave.
  run: async () => ({ smell: 'good', hidden: 'recipe' }),
});

beforeAll(async () => {
  database = await createTestDatabase();
  const config = readConfig({ DATABASE_URL: database.url });
  const { server, people, serverKey } = database;
  deps = {
    config,
    server,
    people,
    serverKey,
    clock: { now: () => new Date(Date.now() + skewMs) },
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    drain: createDrain(),
  };
  const keys = createSigningKeys(server);
  app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  handleErrors(app);
  guardRoutes(app, deps, keys);
  addCommand(app, deps, orderTea);
  addCommand(app, deps, buyTea);
  addCommand(app, deps, smellTea);
  const signedIn = async (person: Person) => {
    const session_id = await insertRow(server, 'auth_sessions', {
      user_id: person.id,
      not_after: '2999-01-01T00:00:00Z',
    });
    return {
      person,
      token: (await signAccessToken(keys, { sub: person.id, session_id, aal: 'aal1' }, new Date())).token,
    };
  };
  admin = await signedIn(await createPerson(server, 'admin'));
  student = await signedIn(await createPerson(server, 'student'));
});
beforeEach(() => {
  // Each test starts with a full minute of calls.
  skewMs += 61_000;
  gate = null;
  failNext = false;
  runs = 0;
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function call(name: string, body?: object, { key, token = admin.token }: { key?: string; token?: string } = {}) {
  const headers = { authorization: `Bearer ${token}`, ...(key ? { 'idempotency-key': key } : {}) };
  const response = await app.inject({
    method: 'POST',
    url: `/functions/v1/${name}`,
    headers,
    ...(body ? { payload: body } : {}),
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.json<{ code?: string; data?: { run: number } }>(),
  };
}

test('the same key runs once and answers alike', async () => {
  const key = randomUUID();
  const first = await call('order-tea', { cups: 2 }, { key });
  const again = await call('order-tea', { cups: 2 }, { key });
  expect(first).toMatchObject({ status: 200, body: { success: true, data: { cups: 2, run: 1, by: admin.person.id } } });
  expect(again.body).toEqual(first.body);
  expect((await call('order-tea', { cups: 2 }, { key: randomUUID() })).body.data?.run).toBe(2);
});

test('the same key with other content is a mismatch', async () => {
  const key = randomUUID();
  await call('order-tea', { cups: 2 }, { key });
  expect(await call('order-tea', { cups: 3 }, { key })).toMatchObject({
    status: 422,
    body: { code: 'IDEMPOTENCY_MISMATCH' },
  });
});

test('a second call while the first runs is told so and changes nothing', async () => {
  const key = randomUUID();
  let open!: () => void;
  gate = new Promise((resolve) => (open = resolve));
  const first = call('order-tea', { cups: 1 }, { key });
  await expect.poll(() => runs).toBe(1);
  expect(await call('order-tea', { cups: 1 }, { key })).toMatchObject({ status: 409, body: { code: 'IN_PROGRESS' } });
  open();
  expect((await first).body.data?.run).toBe(1);
  expect((await call('order-tea', { cups: 1 }, { key })).body.data?.run).toBe(1);
});

test('a failed call leaves its key free', async () => {
  const key = randomUUID();
  failNext = true;
  expect(await call('order-tea', { cups: 1 }, { key })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  failNext = false;
  expect((await call('order-tea', { cups: 1 }, { key })).status).toBe(200);
});

const bought = async (): Promise<number> =>
  (
    await database.server.query<{ n: number }>(
      "select coalesce(sum(last_value), 0)::int as n from number_counters where scope = 'tea'",
    )
  ).rows[0]!.n;

test('what is one transaction happens once: the same key answers alike, meanwhile that it runs, with other content that it does not fit', async () => {
  const key = randomUUID();
  const before = await bought();
  let open!: () => void;
  gate = new Promise((resolve) => (open = resolve));
  const first = call('buy-tea', { cups: 2 }, { key });
  await expect.poll(() => runs).toBe(1);
  expect(await call('buy-tea', { cups: 2 }, { key })).toMatchObject({ status: 409, body: { code: 'IN_PROGRESS' } });
  open();
  expect((await first).body.data).toEqual({ run: 1 });
  expect((await call('buy-tea', { cups: 2 }, { key })).body.data).toEqual({ run: 1 });
  expect(await call('buy-tea', { cups: 3 }, { key })).toMatchObject({
    status: 422,
    body: { code: 'IDEMPOTENCY_MISMATCH' },
  });
  failNext = true;
  const failing = randomUUID();
  expect((await call('buy-tea', { cups: 5 }, { key: failing })).status).toBe(409);
  failNext = false;
  expect((await call('buy-tea', { cups: 5 }, { key: failing })).status).toBe(200);
  expect(await bought()).toBe(before + 7);
});

test('a connection that is cut in the middle leaves nothing, and the key may be tried again at once', async () => {
  const key = randomUUID();
  const before = await bought();
  let open!: () => void;
  gate = new Promise((resolve) => (open = resolve));
  const cut = call('buy-tea', { cups: 4 }, { key });
  await expect.poll(() => runs).toBe(1);
  const { rowCount } = await database.server.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and query like '%number_counters%'",
  );
  expect(rowCount).toBe(1);
  open();
  expect((await cut).status).toBeGreaterThanOrEqual(500);
  expect(await bought()).toBe(before);
  expect((await call('buy-tea', { cups: 4 }, { key })).status).toBe(200);
  expect((await call('buy-tea', { cups: 4 }, { key })).status).toBe(200);
  expect(await bought()).toBe(before + 4);
});

test('a call in steps whose answer could not be stored is not run a second time', async () => {
  const key = randomUUID();
  await database.server.query('alter table idempotency_keys add constraint no_room check (response is null) not valid');
  try {
    expect((await call('order-tea', { cups: 1 }, { key })).status).toBe(500);
  } finally {
    await database.server.query('alter table idempotency_keys drop constraint no_room');
  }
  expect(await call('order-tea', { cups: 1 }, { key })).toMatchObject({ status: 409, body: { code: 'IN_PROGRESS' } });
  expect(runs).toBe(1);
});

test('keys belong to their person', async () => {
  const key = randomUUID();
  const { rows } = await database.server.query(
    'select count(*)::int as count from idempotency_keys where actor_id = $1',
    [student.person.id],
  );
  await call('order-tea', { cups: 1 }, { key });
  expect(await call('order-tea', { cups: 1 }, { key, token: student.token })).toMatchObject({
    status: 403,
    body: { code: 'PERMISSION_DENIED' },
  });
  expect(rows).toEqual([{ count: 0 }]);
});

test('a writing command without a key, or with a fancy one, is refused; a reading one needs none', async () => {
  expect(await call('order-tea', { cups: 1 })).toMatchObject({ status: 422, body: { code: 'INVALID_INPUT' } });
  expect(await call('order-tea', { cups: 1 }, { key: 'my key' })).toMatchObject({ status: 422 });
  expect(await call('smell-tea')).toMatchObject({ status: 200, body: { data: { smell: 'good' } } });
  expect(runs).toBe(0);
});

test('only declared fields leave', async () => {
  expect((await call('smell-tea')).body.data).toEqual({ smell: 'good' });
});

test('unknown fields and wrong values are named', async () => {
  expect(await call('order-tea', { cups: 0, sugar: true }, { key: randomUUID() })).toMatchObject({
    status: 422,
    body: { code: 'INVALID_INPUT', details: expect.arrayContaining([expect.objectContaining({ path: '/cups' })]) },
  });
});

test('60 commands a minute, then Retry-After', async () => {
  for (let i = 0; i < 60; i++) expect((await call('smell-tea')).status).toBe(200);
  const refused = await call('smell-tea');
  expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMIT_EXCEEDED' } });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
});
