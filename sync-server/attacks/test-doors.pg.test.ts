import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedE2e } from '../seed/e2e.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

/** The product's own program, told everything that a test would tell the test program. */

let database: TestDatabase;
let folder: string;
let url: string;
let stop: () => Promise<void>;
const password = 'the real password of the academy';
const switches = {
  E2E: '1',
  E2E_PASSWORD: 'the password of a test',
  E2E_SEED: 'demo',
  NODE_ENV: 'test',
  VITEST: 'true',
  CI: 'true',
  TEST: '1',
  DEBUG: '*',
  FAKE_NOW: '2030-01-01T00:00:00Z',
  CLOCK: '2030-01-01T00:00:00Z',
  GROWTH_E2E: '1',
  BREAK: 'sync',
  SERVICE_KEY: 'guess',
};

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'growth-os-doors-'));
  await seedE2e(database.server, { password, filesDir: folder });
  const env = {
    ...process.env,
    ...switches,
    DATABASE_URL: database.url,
    API_DATABASE_URL: '',
    PORT: '0',
    FILES_DIR: folder,
    LOG_LEVEL: 'info',
    SERVICE_KEY_HASH: '',
  };
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../main.ts'), 'all'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url: address } = JSON.parse(line) as { msg?: string; url?: string };
    if (msg !== 'ready') continue;
    url = address!;
    break;
  }
  child.stdout.resume();
});
afterAll(async () => {
  await stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const signIn = (given: string) =>
  fetch(`${url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ayesha@falcon.academy', password: given }),
  });

test('it seeds nothing and takes no password from its environment', async () => {
  const { rows } = await database.server.query<{ count: number }>('select count(*) from users');
  expect(rows[0]!.count).toBe(5);
  expect((await signIn(switches.E2E_PASSWORD)).status).toBe(400);
  expect((await signIn(password)).status).toBe(200);
});

test('it has no door for tests: no clock, no jobs, no planted faults, no reset', async () => {
  const { access_token } = (await (await signIn(password)).json()) as { access_token: string };
  const words = [
    'test',
    'tests',
    'e2e',
    '__e2e__',
    '_test',
    'debug',
    'clock',
    'time',
    'jobs',
    'job',
    'seed',
    'reset',
    'break',
    'faults',
    'admin',
    'metrics',
    'env',
    'config',
    'inspect',
    'graphiql',
    '.env',
    '.git/config',
  ];
  const places = [
    '',
    '/sync/v1',
    '/functions/v1',
    '/auth/v1',
    '/storage/v1',
    '/media/v1',
    '/health',
    '/testing',
    '/e2e',
  ];
  const found: string[] = [];
  await Promise.all(
    places.flatMap((place) =>
      words.flatMap((word) =>
        ['GET', 'POST'].map(async (method) => {
          const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
          const response = await fetch(`${url}${place}/${word}`, {
            method,
            headers,
            ...(method === 'POST' ? { body: '{}' } : {}),
          });
          await response.body?.cancel();
          if (response.status !== 404) found.push(`${method} ${place}/${word} ${response.status}`);
        }),
      ),
    ),
  );
  expect(found).toEqual([]);
});

test('its clock is the real one, and headers do not move it', async () => {
  const { access_token } = (await (await signIn(password)).json()) as { access_token: string };
  const headers = {
    authorization: `Bearer ${access_token}`,
    'content-type': 'application/json',
    'x-test-now': switches.CLOCK,
    'x-now': switches.CLOCK,
    date: switches.CLOCK,
  };
  const { data } = (await (
    await fetch(`${url}/functions/v1/whoami`, { method: 'POST', headers, body: '{}' })
  ).json()) as { data: { server_time: string } };
  expect(Math.abs(Date.parse(data.server_time) - Date.now())).toBeLessThan(60_000);
});

test('it says nothing of itself to strangers: versions, frameworks, stack traces', async () => {
  for (const address of ['/', '/auth/v1/health', '/nothing', '/%', '/storage/v1/object/x/y']) {
    const response = await fetch(url + address);
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('server')).toBeNull();
    expect(await response.text()).not.toMatch(/node_modules|at .*\.ts:\d+|fastify|postgres:\/\//i);
  }
});
