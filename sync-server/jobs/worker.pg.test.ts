import { pino } from 'pino';
import { createMetrics } from '../metrics/metrics.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { asServer } from '../db/as-actor.ts';
import type { Pool, PoolClient } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { DeadWorkerWatch } from './dead-workers.ts';
import { defineJob } from './define-job.ts';
import { enqueue } from './enqueue.ts';
import { startWorker, type Worker } from './worker.ts';

const done: number[] = [];
const count = defineJob({
  name: 'test.count',
  payload: z.object({ n: z.number().int() }),
  run: async ({ n }) => void done.push(n),
});

let database: TestDatabase;
let worker: Worker;
beforeAll(async () => {
  database = await createTestDatabase();
  const { server, people, serverKey } = database;
  const deps = { server, people, serverKey, log: pino({ level: 'silent' }), metrics: createMetrics() } as Deps;
  worker = await startWorker(deps, [count]);
});
afterAll(async () => {
  await worker.stop();
  await database.drop();
});

test('a job runs once its transaction is committed, and never when it is rolled back', async () => {
  const failure = asServer(database.server, async (tx) => {
    await enqueue(tx, count, { n: 1 });
    throw new Error('changed my mind');
  });
  await expect(failure).rejects.toThrow('changed my mind');
  await asServer(database.server, (tx) => enqueue(tx, count, { n: 2 }));
  await vi.waitFor(() => expect(done).toEqual([2]));
});

test('the same key replaces a waiting job', async () => {
  const later = new Date(Date.now() + 3_600_000);
  for (const n of [3, 4])
    await asServer(database.server, (tx) => enqueue(tx, count, { n }, { key: 'only', runAt: later }));
  const { rows } = await database.server.query("select count(*) as n from graphile_worker.jobs where key = 'only'");
  expect(rows).toEqual([{ n: 1 }]);
});

test('a payload of another shape does not get into the queue', async () => {
  const wrong = asServer(database.server, (tx) => enqueue(tx, count, { n: 'many' } as unknown as { n: number }));
  await expect(wrong).rejects.toThrow(z.ZodError);
});

test('the job of a dead worker is freed, that of a living one is not', async () => {
  const lock = async (name: string) => {
    const { rows } = await database.server.query<{ id: number }>(
      "select id from graphile_worker.add_job('test.idle', '{}'::json, run_at => now() + interval '1 day')",
    );
    await database.server.query(
      "update graphile_worker._private_jobs set locked_by = $1, locked_at = now() - interval '2 minutes' where id = $2",
      [name, rows[0]!.id],
    );
  };
  await lock('worker-dead');
  await lock('worker-alive');
  const living = new DeadWorkerWatch(database.server);
  await living.announce('worker-alive');
  const other = new DeadWorkerWatch(database.server);
  expect(await other.sweep()).toBe(1);
  const { rows } = await database.server.query(
    'select locked_by from graphile_worker.jobs where locked_by is not null',
  );
  expect(rows).toEqual([{ locked_by: 'worker-alive' }]);
  await living.close();
  await other.close();
});

test('a sweep that meets somebody at work gives way before it is a deadlock, and frees the job the next time', async () => {
  const own = await createTestDatabase();
  const watch = new DeadWorkerWatch(own.server);
  const other = await own.server.connect();
  try {
    await own.server.query("select graphile_worker.add_job('test.idle', '{}'::json)");
    await own.server.query(
      "update graphile_worker._private_jobs set locked_by = 'worker-dead', locked_at = now() - interval '2 minutes'",
    );
    await other.query('begin');
    await other.query('select from graphile_worker._private_jobs for update');
    expect(await watch.sweep()).toBe(0);
    await other.query('rollback');
    expect(await watch.sweep()).toBe(1);
  } finally {
    other.release();
    await watch.close();
    await own.drop();
  }
});

/** The database's pool, whose connection breaks under the first statement that ticks a job off. */
function breaking(pool: Pool): { pool: Pool; broken: () => boolean } {
  let broken = false;
  const connect = async () => {
    const client = await pool.connect();
    const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>;
    return Object.assign(Object.create(client) as PoolClient, {
      query: async (...given: unknown[]) => {
        const isTick = JSON.stringify(given[0]).includes('delete from');
        if (isTick && !broken) {
          broken = true;
          const { processID } = client as unknown as { processID: number };
          await pool.query('select pg_terminate_backend($1)', [processID]);
        }
        return query(...given);
      },
      release: () => client.release(broken),
    });
  };
  const pick = (target: Pool, name: string | symbol): unknown => {
    if (name === 'connect') return (then?: never) => (then ? pool.connect(then) : connect());
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value;
  };
  return { pool: new Proxy(pool, { get: pick }), broken: () => broken };
}

test('a job whose connection breaks as it is ticked off is ticked off later, and the process lives on', async () => {
  const own = await createTestDatabase();
  const ran = vi.fn(async () => undefined);
  const cut = defineJob({ name: 'test.cut', payload: z.object({}), run: ran });
  const { pool, broken } = breaking(own.server);
  const { people, serverKey } = own;
  const log = pino({ level: 'silent' });
  const runner = await startWorker({ server: pool, people, serverKey, log, metrics: createMetrics() } as Deps, [cut]);
  try {
    await asServer(own.server, (tx) => enqueue(tx, cut, {}));
    await vi.waitFor(
      async () => {
        expect(broken()).toBe(true);
        const { rows } = await own.server.query('select from graphile_worker.jobs');
        expect(rows).toEqual([]);
      },
      { timeout: 20_000 },
    );
    expect(ran).toHaveBeenCalledOnce();
  } finally {
    await runner.stop();
    await own.drop();
  }
}, 40_000);
