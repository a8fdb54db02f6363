import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startServer, type TestServer } from '../testing/api-client.ts';
import { createCompany, createPerson } from '../testing/people.ts';
import { openStream } from '../testing/sync-client.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const password = 'correct horse battery';
let database: TestDatabase;
let email: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await createCompany(database.server);
  ({ email } = await createPerson(database.server, 'student', { password }));
});
afterAll(() => database.drop());

const ready = async ({ url }: TestServer) => {
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, body: (await response.json()) as { details?: { reason: string } } };
};

test('a process that stops is not ready, is still alive, ends its streams and takes no new ones', async () => {
  const server = await startServer(database);
  const clients = [];
  for (let count = 0; count < 3; count++) clients.push(await server.signIn(email, password));
  const streams = [];
  for (const client of clients) streams.push(await openStream(client, null));
  for (const stream of streams) await stream.until((frames) => frames.some(({ t }) => t === 'cp'));
  expect((await ready(server)).status).toBe(200);

  server.deps.drain.begin(60);
  expect(await ready(server)).toMatchObject({ status: 503, body: { details: { reason: 'stopping' } } });
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  for (const stream of streams) await stream.ended;
  for (const { frames } of streams) expect(frames.at(-1)).toMatchObject({ t: 'bye', reason: 'shutdown', retry_in: 0 });
  const again = await clients[0]!.call('POST', '/sync/v1/stream', { checkpoint: null });
  expect([again.status, again.headers.get('retry-after')]).toEqual([503, '1']);
  // What is no stream is served to the end.
  expect((await clients[0]!.call('POST', '/sync/v1/pull', { checkpoint: null })).status).toBe(200);
  await server.close();
});

test('streams that a stop ends without notice are told to come back at different times', async () => {
  const server = await startServer(database);
  const streams = [];
  for (let count = 0; count < 4; count++) streams.push(await openStream(await server.signIn(email, password), null));
  for (const stream of streams) await stream.until((frames) => frames.some(({ t }) => t === 'cp'));
  await server.close();
  for (const stream of streams) await stream.ended;
  const hints = streams.map(({ frames }) => frames.at(-1)).map((frame) => (frame?.t === 'bye' ? frame.retry_in : null));
  for (const hint of hints) expect(hint).toBeGreaterThanOrEqual(0);
  expect(new Set(hints).size).toBeGreaterThan(1);
});

test('a connection on which nothing was asked yet does not hold up the stop', async () => {
  const server = await startServer(database);
  const cut = vi.spyOn(server.app.server, 'closeAllConnections');
  const { port } = new URL(server.url);
  const silent = connect(Number(port), '127.0.0.1');
  await once(silent, 'connect');
  // A cancelled stream makes undici open such a connection, ahead of the next request.
  const stream = await openStream(await server.signIn(email, password), null);
  await stream.close();
  const ended = once(silent, 'close');
  await server.close();
  await ended;
  expect(cut).not.toHaveBeenCalled();
});

test('a process whose database lacks its migrations, or is away, is not ready', async () => {
  const behind = await createTestDatabase();
  const server = await startServer(behind);
  try {
    expect((await ready(server)).status).toBe(200);
    const { rows } = await behind.server.query<{ name: string }>(
      'delete from kysely_migration where name = (select max(name) from kysely_migration) returning name',
    );
    expect(rows).toHaveLength(1);
    expect(await ready(server)).toMatchObject({ status: 503, body: { details: { reason: 'migrations' } } });
    // One of a newer version beside ours is no reason.
    await behind.server.query("insert into kysely_migration (name, timestamp) values ($1, ''), ('9999_later', '')", [
      rows[0]!.name,
    ]);
    expect((await ready(server)).status).toBe(200);
  } finally {
    await server.close();
    await behind.drop();
  }
  const lost = await startServer({ ...database, people: { query: () => Promise.reject(new Error('away')) } as never });
  expect(await ready(lost)).toMatchObject({ status: 503, body: { details: { reason: 'database' } } });
  await lost.close();
});
