import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSupabase, startServer, type TestServer } from '../testing/api-client.ts';
import { createPerson } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let folder: string;
const lines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growth-os-web-'));
  const web = join(folder, 'web');
  await mkdir(join(web, 'assets'), { recursive: true });
  await writeFile(join(web, 'index.html'), '<!doctype html><title>Growth OS</title>');
  await writeFile(join(web, 'assets', 'index-D4f8aB1c.js'), 'export {};');
  await writeFile(join(web, '.env'), 'hidden');
  await writeFile(join(web, 'notes.unknown'), 'unknown type');
  await writeFile(join(folder, 'outside.txt'), 'outside');
  database = await createTestDatabase();
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  server = await startServer(database, { log, env: { WEB_DIR: web, PUBLIC_URL: 'https://learn.example.test' } });
});
afterAll(async () => {
  await server.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { headers, redirect: 'manual' });

/** Sends the path as it is written; `fetch` would tidy it up first. */
function getRaw(path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method: 'GET' }, async (response) => {
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk as string;
      resolve({ status: response.statusCode!, body });
    });
    call.on('error', reject).end();
  });
}

test('the web edition is served at /, its hashed files for ever', async () => {
  const page = await get('/');
  expect([page.status, page.headers.get('content-type'), page.headers.get('cache-control')]).toEqual([
    200,
    'text/html; charset=utf-8',
    'no-cache',
  ]);
  expect(await page.text()).toContain('Growth OS');
  const script = await get('/assets/index-D4f8aB1c.js');
  expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
  const again = await get('/', { 'if-none-match': page.headers.get('etag')! });
  expect(again.status).toBe(304);
});

test('text is sent compressed to who accepts it, and is the same text', async () => {
  const encodings = ['br', 'gzip', 'identity', 'gzip;q=1.0, br;q=0.5'];
  const pages = await Promise.all(encodings.map((accepted) => get('/', { 'accept-encoding': accepted })));
  expect(pages.map(({ headers }) => headers.get('content-encoding'))).toEqual(['br', 'gzip', null, 'br']);
  expect(new Set(await Promise.all(pages.map((page) => page.text()))).size).toBe(1);
  expect(pages[0]!.headers.get('vary')).toMatch(/accept-encoding/i);
});

test('a path out of the folder, a hidden file and an unknown type are not found', async () => {
  const tricks = [
    '/../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/%2e%2e%2foutside.txt',
    '/assets/../../outside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/..%5coutside.txt',
    '/..\\outside.txt',
    '//etc/passwd',
    '/%2fetc%2fpasswd',
    '/.env',
    '/assets/%00index',
    '/notes.unknown',
    '/assets',
    '/assets/',
    '/index.html%00.js',
    '/..%c0%afoutside.txt',
    '/%252e%252e/outside.txt',
  ];
  for (const path of tricks) {
    const { status, body } = await getRaw(path);
    expect({ path, status }).toEqual({ path, status: 404 });
    expect(body).toContain('NOT_FOUND');
  }
});

test('every answer carries the content policy: own scripts only, no frames', async () => {
  for (const path of ['/', '/health/live', '/nothing']) {
    const policy = (await get(path)).headers.get('content-security-policy')!;
    const directives = Object.fromEntries(
      policy.split(';').map((part) => [part.trim().split(' ')[0], part.trim().split(' ').slice(1).join(' ')]),
    );
    expect(directives).toMatchObject({
      'default-src': "'self'",
      'script-src': "'self'",
      'connect-src': "'self'",
      'frame-ancestors': "'none'",
      'object-src': "'none'",
    });
  }
  const { headers } = await get('/');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('strict-transport-security')).toContain('max-age');
});

test('the app’s own origins may call, others may not', async () => {
  const preflight = async (origin: string) => {
    const response = await fetch(`${server.url}/auth/v1/token?grant_type=password`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,apikey,x-client-info,x-device-id,sync-protocol',
      },
    });
    return {
      origin: response.headers.get('access-control-allow-origin'),
      headers: response.headers.get('access-control-allow-headers') ?? '',
    };
  };
  for (const origin of ['app://growthos', 'https://growthos.app.localhost', 'https://learn.example.test']) {
    const allowed = await preflight(origin);
    expect(allowed.origin).toBe(origin);
    for (const header of [
      'authorization',
      'apikey',
      'x-client-info',
      'x-device-id',
      'sync-protocol',
      'idempotency-key',
      'upload-offset',
    ])
      expect(allowed.headers).toContain(header);
  }
  for (const origin of ['https://evil.example', 'app://other', 'null', 'https://learn.example.test.evil.example'])
    expect((await preflight(origin)).origin).not.toBe(origin);
});

test('an unknown address is refused in the one shape, with the id of the request', async () => {
  const response = await get('/functions/v1/no-such-command');
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    success: false,
    error: 'There is nothing here.',
    code: 'NOT_FOUND',
    requestId: response.headers.get('x-request-id'),
  });
});

test('a broken body, a huge body and unknown fields are the caller’s error', async () => {
  await createPerson(database.server, 'mentor', { password, email: 'bilal@example.test' });
  const { session } = await server.signIn('bilal@example.test', password);
  const send = async (body: string) => {
    const headers = { authorization: `Bearer ${session.access_token}`, 'content-type': 'application/json' };
    const response = await fetch(`${server.url}/functions/v1/whoami`, { method: 'POST', headers, body });
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  expect(await send('{')).toEqual([422, 'INVALID_INPUT']);
  expect(await send('{"__proto__":{"admin":true}}')).toEqual([422, 'INVALID_INPUT']);
  expect(await send('{"extra":1}')).toEqual([422, 'INVALID_INPUT']);
  expect(await send(JSON.stringify({ x: 'y'.repeat(4 * 1024 * 1024) }))).toEqual([413, 'TOO_LARGE']);
});

test('health says up, and ready while the database answers', async () => {
  for (const path of ['/health/live', '/health/ready'])
    expect(await (await get(path)).json()).toEqual({ status: 'ok' });
});

test('the OpenAPI document names the public routes and who may call them', async () => {
  const response = await get('/openapi.json');
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { summary?: string; security?: unknown }>>;
  };
  expect(document.openapi).toBe('3.1.0');
  for (const path of [
    '/auth/v1/token',
    '/auth/v1/user',
    '/auth/v1/logout',
    '/auth/v1/admin/users/{id}',
    '/auth/v1/.well-known/jwks.json',
    '/functions/v1/whoami',
    '/health/ready',
  ])
    expect(Object.keys(document.paths)).toContain(path);
  expect(document.paths['/']).toBeUndefined();
  expect(document.paths['/auth/v1/user']!['get']).toMatchObject({ security: [{ session: [] }] });
  expect(document.paths['/functions/v1/whoami']!['post']!.summary).toBeTruthy();
});

test('no secret reaches the log, whatever is sent and wherever it fails', async () => {
  await createPerson(database.server, 'student', { password: 'canary-password-1', email: 'canary@example.test' });
  lines.length = 0;
  const client = await server.signIn('canary@example.test', 'canary-password-1');
  const { access_token, refresh_token } = client.session;
  await createSupabase(server.url).auth.signInWithPassword({
    email: 'canary@example.test',
    password: 'canary-password-2',
  });
  await createSupabase(server.url).auth.refreshSession({ refresh_token });
  await client.supabase.auth.updateUser({ password: 'canary-password-3' });
  await client.call('PUT', '/auth/v1/user', { password: 12, current_password: 'canary-password-4' });
  await get('/auth/v1/verify?type=recovery&token=canary-token-5-canary-token-5');
  await get('/nowhere?token=canary-token-6', { apikey: 'canary-key-7', cookie: 'session=canary-cookie-8' });
  await fetch(`${server.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"password":"canary-password-9',
  });
  const log = lines.join('');
  expect(log).toContain('answered');
  expect(log).toContain('refused');
  expect(log).toContain('"route":"/auth/v1/token"');
  expect(log).not.toContain('canary-');
  for (const secret of [access_token, access_token.split('.')[2]!, refresh_token]) expect(log).not.toContain(secret);
});

test('a request under way is answered when the server stops', async () => {
  const stopping = await startServer(database);
  const received = new Promise((resolve) => stopping.app.server.once('request', resolve));
  const answer = fetch(`${stopping.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'slow@example.test', password: 'not a password' }),
  });
  await received;
  const started = performance.now();
  const [response] = await Promise.all([answer, stopping.close()]);
  expect(response.status).toBe(400);
  expect(performance.now() - started).toBeLessThan(4000);
  await expect(fetch(`${stopping.url}/health/live`)).rejects.toThrow();
});

test('an unexpected failure is logged with its reason and answered without', async () => {
  lines.length = 0;
  const { app } = server;
  expect(app.hasRoute({ method: 'GET', url: '/health/ready' })).toBe(true);
  const broken = await startServer(
    {
      ...database,
      server: { ...database.server, query: () => Promise.reject(new Error('secret detail of the database')) } as never,
    },
    {
      log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    },
  );
  const response = await fetch(`${broken.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'a@example.test', password: 'b' }),
  });
  const body = await response.text();
  await broken.close();
  expect(response.status).toBe(500);
  expect(body).toContain('unexpected_failure');
  expect(body).not.toContain('secret detail');
  expect(lines.join('')).toContain('secret detail of the database');
});
