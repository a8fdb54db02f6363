import { randomUUID } from 'node:crypto';
import { Counter, Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSupabase, startServer, type Client, type TestServer } from '../testing/api-client.ts';
import { operation } from '../testing/operations.ts';
import { createCompany, createPerson } from '../testing/people.ts';
import { openStream, pull, push } from '../testing/sync-client.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { addDatabaseGauges } from './database-gauges.ts';
import { openOperatorDoor, type OperatorDoor } from './operator-door.ts';

const password = 'canary-password-of-metrics';
const email = 'canary-person@example.test';
const key = 'a key that only operators know';
let database: TestDatabase;
let server: TestServer;
let door: OperatorDoor;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await createCompany(database.server);
  server = await startServer(database, {
    env: { METRICS_ADDRESS: '127.0.0.1:0', METRICS_KEY: key, TRUSTED_PROXIES: '1' },
  });
  addDatabaseGauges(server.deps.metrics, database);
  door = (await openOperatorDoor(server.deps))!;
  await createPerson(database.server, 'student', { password, email });
  client = await server.signIn(email, password);
});
afterAll(async () => {
  await door.close();
  await server.close();
  await database.drop();
});

const read = async (): Promise<string> => {
  const response = await fetch(`${door.url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  expect(response.status).toBe(200);
  return response.text();
};
/** The value of one line, by the beginning of it. */
function valueOf(text: string, line: string): number {
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  if (!found) throw new Error(`no ${line} in\n${text}`);
  return Number(found.slice(line.length));
}

test('nobody gets numbers without the key, nor by the address of people', async () => {
  const strangers = [{}, { authorization: 'Bearer wrong' }, { authorization: `Bearer ${key}x` }];
  for (const headers of strangers) {
    const response = await fetch(`${door.url}/metrics`, { headers });
    expect([response.status, await response.text()]).toEqual([401, '{"code":"AUTH_REQUIRED"}']);
  }
  const right = { authorization: `Bearer ${key}` };
  expect((await fetch(`${server.url}/metrics`, { headers: right })).status).toBe(404);
  expect((await fetch(`${door.url}/metrics`, { method: 'POST', headers: right })).status).toBe(404);
  expect((await fetch(`${door.url}/sync/v1/pull`, { headers: right })).status).toBe(404);
});

test('without an address in the configuration no door is opened', async () => {
  const { METRICS_ADDRESS: _, ...config } = server.deps.config;
  expect(await openOperatorDoor({ ...server.deps, config })).toBeNull();
});

test('requests, refusals, sign-ins, operations, streams, lag, bytes, pools, queue: all are there', async () => {
  await createSupabase(server.url).auth.signInWithPassword({ email, password: 'wrong one' });
  const { checkpoint } = await pull(client, null);
  const watching = await openStream(client, checkpoint);
  await watching.until((frames) => frames.some(({ t }) => t === 'cp'));
  const settings = operation('notification_settings', randomUUID(), { set: { user_id: randomUUID() } });
  await push(client, [settings]);
  await database.server.query("update users set full_name = 'Another name' where id = $1", [client.userId]);
  await watching.until((frames) =>
    frames.some((frame) => frame.t === 'docs' && frame.d.some((doc) => doc['full_name'] === 'Another name')),
  );
  await pull(client, `${checkpoint}x`);
  const text = await read();
  const counts = {
    'growth_http_requests_total{route="/sync/v1/pull",method="POST",status="200"}': 2,
    'growth_http_request_seconds_count{route="/sync/v1/push"}': 1,
    'growth_sign_ins_total{outcome="ok"}': 1,
    'growth_sign_ins_total{outcome="wrong"}': 1,
    'growth_refusals_total{code="invalid_credentials"}': 1,
    'growth_push_operations_total{verdict="refused"}': 1,
    growth_streams_open: 1,
    growth_resets_total: 1,
    growth_checkpoint_age_seconds_count: 2,
    growth_db_up: 1,
    growth_jobs_given_up: 0,
  };
  for (const [line, value] of Object.entries(counts))
    expect({ line, is: valueOf(text, line) }).toEqual({ line, is: value });
  expect(text).toMatch(/growth_push_refusals_total\{code="\w+"\} 1/);
  expect(text).toMatch(/growth_replication_lag_seconds_count\{found="look"\} [1-9]/);
  for (const direction of ['in', 'out'])
    expect(valueOf(text, `growth_http_bytes_total{direction="${direction}"}`)).toBeGreaterThan(1000);
  for (const pool of ['people', 'server'])
    expect(text).toContain(`growth_db_connections{pool="${pool}",state="waiting"}`);
  expect(valueOf(text, 'growth_db_xmin_age_transactions')).toBeGreaterThanOrEqual(0);
  await watching.close();
  await expect.poll(async () => valueOf(await read(), 'growth_streams_open')).toBe(0);
  expect(valueOf(await read(), 'growth_stream_ends_total{reason="gone"}')).toBe(1);
});

test('what is due in the queue shows, with its age', async () => {
  await database.server.query(
    "select graphile_worker.add_job('nothing.runs-this', run_at => now() - interval '90 seconds')",
  );
  const text = await read();
  expect(valueOf(text, 'growth_jobs_waiting')).toBe(1);
  expect(valueOf(text, 'growth_job_oldest_waiting_seconds')).toBeGreaterThanOrEqual(90);
});

/** Label values that tell about a person, or that somebody outside chose. */
const suspicious = (text: string): string[] =>
  [...text.matchAll(/="([^"]*)"/g)]
    .map(([, value]) => value!)
    .filter((value) => /canary|@|[0-9a-f]{8}-[0-9a-f]{4}-|\d+\.\d+\.\d+\.\d+|::/i.test(value) || value.length > 100);

test('no label is a person, an id, an address or a word of the caller', async () => {
  const canary = 'canary-of-labels';
  await fetch(`${server.url}/${canary}?${canary}=1`, { headers: { 'x-request-id': canary, 'user-agent': canary } });
  await fetch(`${server.url}/functions/v1/${canary}`, { method: 'POST' });
  await fetch(`${server.url}/storage/v1/object/${canary}/${randomUUID()}`, { method: 'PUT' });
  await fetch(`${server.url}/%E0%A4%A`);
  await createSupabase(server.url, randomUUID()).auth.signInWithPassword({
    email: `${canary}@example.test`,
    password: canary,
  });
  await push(client, [{ ...operation('error_logs', randomUUID(), { set: { [canary]: canary } }), type: canary }]);
  await client.call('POST', '/sync/v1/pull', { checkpoint: canary }, { 'x-device-id': canary });
  const text = await read();
  expect(text).toContain('route="(no route)"');
  expect(suspicious(text)).toEqual([]);
  expect(text).not.toContain('canary');
  expect(text).not.toContain(client.userId);

  // The search finds what it looks for.
  const register = new Registry();
  const planted = new Counter({ name: 'planted', help: 'For this test', labelNames: ['who'], registers: [register] });
  const who = [client.userId, email, '10.1.2.3', canary, '2001:db8::1'];
  for (const one of who) planted.inc({ who: one });
  expect(suspicious(await register.metrics())).toEqual(who);
});

test('the door also says whether the process is alive and ready, until it stops', async () => {
  const status = async (path: string) => (await fetch(`${door.url}${path}`)).status;
  expect([await status('/health/live'), await status('/health/ready')]).toEqual([200, 200]);
  server.deps.drain.begin(0);
  expect([await status('/health/live'), await status('/health/ready')]).toEqual([200, 503]);
});
