import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/test-database.ts';
import { uploadLocker } from './upload-lock.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The pool, and every connection that was taken out of it. */
function watched(): { pool: Pool; taken: PoolClient[]; out: () => number } {
  const { server } = database;
  const taken: PoolClient[] = [];
  const connect = async () => {
    const client = await server.connect();
    taken.push(client);
    return client;
  };
  const pool = Object.create(server, { connect: { value: connect } }) as Pool;
  return { pool, taken, out: () => server.totalCount - server.idleCount };
}

test('a lock whose connection breaks tells its holder to stop, and costs the pool nothing', async () => {
  const { pool, taken, out } = watched();
  const before = out();
  const lock = uploadLocker(pool).newLock('broken');
  const stop = vi.fn();
  await lock.lock(new AbortController().signal, stop);
  expect(out()).toBe(before + 1);
  const { processID } = taken[0] as unknown as { processID: number };
  await database.server.query('select pg_terminate_backend($1)', [processID]);
  await vi.waitFor(() => expect(stop).toHaveBeenCalledOnce());
  await lock.unlock();
  expect(out()).toBe(before);
});

test('a connection that was given up may still break', async () => {
  const { pool, taken } = watched();
  const lock = uploadLocker(pool).newLock('given up');
  await lock.lock(new AbortController().signal, () => undefined);
  await lock.unlock();
  expect(() => taken[0]!.emit('error', new Error('terminating connection'))).not.toThrow();
});
