import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OperationVerdict, PushResponse } from '#contract/protocol.ts';
import { signInAt, type Client } from '../testing/api-client.ts';
import { startNginx, type Nginx } from '../testing/nginx.ts';
import { noteOf } from '../testing/operations.ts';
import {
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  enrol,
  openLesson,
} from '../testing/people.ts';
import { startServerProcess, type ServerProcess } from '../testing/server-process.ts';
import { docsOf, openStream, pull, push, type OpenStream } from '../testing/sync-client.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const password = 'correct horse battery';
let database: TestDatabase;
let nginx: Nginx;
let processes: ServerProcess[];
let worker: ServerProcess;
let course: string;
let lesson: string;
const files = mkdtempSync(path.join(tmpdir(), 'growth-os-files-'));

beforeAll(async () => {
  database = await createTestDatabase();
  await createCompany(database.server);
  course = await createCourse(database.server);
  lesson = await createLesson(database.server, await createModule(database.server, course));
  const env = { DATABASE_URL: database.url, FILES_DIR: files, TRUSTED_PROXIES: '1', DATABASE_POOL_SIZE: '6' };
  processes = await Promise.all([startServerProcess('api', env), startServerProcess('api', env)]);
  worker = await startServerProcess('worker', env);
  nginx = await startNginx(processes.map(({ url }) => url));
});
afterAll(async () => {
  await nginx.stop();
  for (const one of [...processes, worker]) await one.kill('SIGTERM');
  await database.drop();
  rmSync(files, { recursive: true, force: true });
});

async function student(): Promise<Client> {
  const { id, email } = await createPerson(database.server, 'student', { password });
  await enrol(database.server, id, { course_id: course });
  await openLesson(database.server, id, lesson);
  return signInAt(nginx.url, email, password);
}
const note = (client: Client, body: string) => noteOf(client.userId, lesson, { body });
const caughtUp = (stream: OpenStream) => stream.until((frames) => frames.some(({ t }) => t === 'cp'), 20_000);
const answered = ({ log }: ServerProcess, route: string) =>
  log.filter((line) => line['msg'] === 'answered' && line['route'] === route);

test('requests go to both processes, and each is found in their logs by the id that the proxy gave it', async () => {
  const client = await student();
  const ids: string[] = [];
  for (let count = 0; count < 8; count++) {
    const response = await client.call(
      'POST',
      '/sync/v1/pull',
      { checkpoint: null },
      { 'x-request-id': 'brought-by-the-caller' },
    );
    await response.text();
    ids.push(response.headers.get('x-request-id')!);
  }
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  await expect
    .poll(() => processes.flatMap((one) => answered(one, '/sync/v1/pull').map(({ reqId }) => reqId)))
    .toEqual(expect.arrayContaining(ids));
  for (const one of processes) expect(answered(one, '/sync/v1/pull').length).toBeGreaterThan(0);
});

test('a pull passes compressed, byte for byte', async () => {
  const client = await student();
  const { hostname, port } = new URL(nginx.url);
  const raw = await new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${client.session.access_token}`,
      'x-device-id': client.deviceId,
      'sync-protocol': '1',
      'content-type': 'application/json',
      'accept-encoding': 'gzip',
    };
    const call = request({ hostname, port, path: '/sync/v1/pull', method: 'POST', headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) });
    });
    call.on('error', reject).end(JSON.stringify({ checkpoint: null }));
  });
  expect(raw.encoding).toBe('gzip');
  const lines = gunzipSync(raw.body).toString().trim().split('\n');
  expect(lines.at(-1)).toContain('"t":"cp"');
  expect(raw.body.length).toBeLessThan(lines.join('\n').length);
});

test('a change passes the proxy while the stream stays open, whichever process took the write', async () => {
  const client = await student();
  const watching = await openStream(client, null);
  await caughtUp(watching);
  for (const word of ['first', 'second', 'third']) {
    const op = note(client, word);
    await push(client, [op]);
    await watching.until((frames) => docsOf(frames).some(({ id }) => id === op.id), 10_000);
  }
  await watching.close();
});

test('jobs are done by the worker alone, which says that it is ready at an address of its own', async () => {
  expect(worker.url).toBe('');
  expect((await fetch(`${worker.operators}/health/ready`)).status).toBe(200);
  await database.server.query("select graphile_worker.add_job('sync.purge-tombstones')");
  const runs = (log: Record<string, unknown>[]) =>
    log.filter(({ job, msg }) => job === 'sync.purge-tombstones' && msg === 'job done');
  await expect.poll(() => runs(worker.log).length, { timeout: 15_000 }).toBe(1);
  expect(processes.flatMap(({ log }) => runs(log))).toEqual([]);
  const metrics = await (await fetch(`${worker.operators}/metrics`)).text();
  expect(metrics).toContain('growth_job_runs_total{job="sync.purge-tombstones",outcome="done"} 1');
});

/** A device as the app behaves: an operation is sent until it has a verdict, a stream that ends is opened again where it stood. */
function device(client: Client) {
  const held = new Set<string>();
  const verdicts = new Map<string, OperationVerdict[]>();
  let failures = 0;
  let streams = 0;
  let stop = false;
  let current: OpenStream | null = null;
  async function write(body: string): Promise<string> {
    const op = note(client, body);
    while (!verdicts.has(op.op)) {
      const answer = await client.call('POST', '/sync/v1/push', { ops: [op] }).catch(() => null);
      const text = await answer?.text().catch(() => null);
      if (answer?.status === 200 && text) verdicts.set(op.op, (JSON.parse(text) as PushResponse).verdicts);
      else {
        failures += 1;
        await pause(20);
      }
    }
    return op.id;
  }
  async function watch(): Promise<void> {
    let checkpoint: string | null = null;
    while (!stop) {
      const stream: OpenStream | null = await openStream(client, checkpoint).catch(() => null);
      if (!stream) {
        await pause(20);
        continue;
      }
      streams += 1;
      current = stream;
      const closing = setInterval(() => stop && void stream.close(), 20);
      await stream.ended;
      clearInterval(closing);
      // As the device does: what came after the last checkpoint comes again.
      for (const frame of stream.frames) if (frame.t === 'cp') checkpoint = frame.cp;
      for (const doc of docsOf(stream.frames)) held.add(doc.id);
    }
  }
  return {
    client,
    has: (id: string) => held.has(id) || docsOf(current?.frames ?? []).some((doc) => doc.id === id),
    verdicts,
    write,
    watching: watch(),
    stop: () => void (stop = true),
    counts: () => ({ failures, streams }),
  };
}

test('one of two processes is killed in the middle of pushes and streams: everything goes on, nothing is lost or doubled', async () => {
  const devices = [];
  for (let count = 0; count < 4; count++) devices.push(device(await student()));
  const written: string[][] = devices.map(() => []);
  let writing = true;
  const writers = devices.map(async ({ write }, at) => {
    while (writing) written[at]!.push(await write(`word ${written[at]!.length} of ${at}`));
  });
  const some = (count: number) => () => written.every((ids) => ids.length >= count);
  await expect.poll(some(5), { timeout: 20_000 }).toBe(true);
  await processes[0]!.kill('SIGKILL');
  const before = written.map(({ length }) => length);
  await expect
    .poll(() => written.every(({ length }, at) => length >= before[at]! + 10), { timeout: 30_000 })
    .toBe(true);
  writing = false;
  await Promise.all(writers);

  for (const [at, { client, verdicts, stop, watching, has }] of devices.entries()) {
    const ids = written[at]!;
    expect([...verdicts.values()].flat().map(({ s }) => s)).toEqual(ids.map(() => 'ok'));
    const { rows } = await database.server.query<{ id: string; body: string }>(
      'select id, body from lesson_notes where user_id = $1 order by body',
      [client.userId],
    );
    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const { docs } = await pull(client, null);
    expect(
      docs
        .filter(({ type }) => type === 'lesson_notes')
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids.toSorted());
    await expect.poll(() => ids.filter((id) => !has(id)), { timeout: 10_000 }).toEqual([]);
    stop();
    await watching;
  }
  // The kill was felt: somebody's stream broke and was opened again.
  expect(devices.reduce((sum, { counts }) => sum + counts().streams, 0)).toBeGreaterThan(devices.length);
}, 90_000);
