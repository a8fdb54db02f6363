import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { columnEnd, copyOut } from './copy-out.ts';
import { openPool } from './pools.ts';
import type { Pool, PoolClient } from './sql.ts';

/** Far more than a connection holds on its way. */
const many = 100_000;
const manyLines = `select at, repeat('x', 500) from generate_series(1, ${many}) as at`;

let database: TestDatabase;
let pool: Pool;
let client: PoolClient;
beforeAll(async () => {
  database = await createTestDatabase();
  // As the one through which people read.
  pool = openPool(database.url, 1, undefined, { pipeline: true });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => void (client = await pool.connect()));
afterEach(() => client.release());

const isUsable = async (): Promise<boolean> => (await client.query('select 1 as one')).rows[0].one === 1;
const backend = async (): Promise<number> => (await client.query('select pg_backend_pid() as pid')).rows[0].pid;

test('lines come whole, in order and as they were written', async () => {
  const lines: string[][] = [];
  await copyOut(client, `values (1, '{"a":"é, \\"b\\" \\\\n"}'), (2, '')`, (line) => {
    lines.push(line.toString().split(String.fromCharCode(columnEnd)));
    return undefined;
  });
  expect(lines).toEqual([
    ['1', String.raw`{"a":"é, \"b\" \\n"}`],
    ['2', String.fromCharCode(1, 1)],
  ]);
});

test('PostgreSQL waits for a reader who is not ready, and goes on where it was', async () => {
  const pid = await backend();
  const { promise, resolve } = Promise.withResolvers<void>();
  let taken = 0;
  const copied = copyOut(client, manyLines, () => (++taken === 1 ? promise : undefined));
  await vi.waitFor(async () => {
    const { rows } = await database.server.query('select wait_event from pg_stat_activity where pid = $1', [pid]);
    expect(rows).toEqual([{ wait_event: 'ClientWrite' }]);
  }, 10_000);
  expect(taken).toBeLessThan(many);
  resolve();
  await copied;
  expect(taken).toBe(many);
});

test('a reader who fails, at once or later, gets no further line; the connection is in order afterwards', async () => {
  for (const fail of [
    () => {
      throw new Error('gone');
    },
    () => Promise.reject(new Error('gone')),
  ]) {
    let taken = 0;
    const copied = copyOut(client, manyLines, () => (++taken < 3 ? undefined : fail()));
    await expect(copied).rejects.toThrow('gone');
    expect(taken).toBeLessThan(many / 2);
    expect(await isUsable()).toBe(true);
  }
});

test('what the database cannot answer rejects, also after the first lines', async () => {
  await expect(copyOut(client, 'select 1 from nowhere', () => undefined)).rejects.toThrow('nowhere');
  const late = 'select 100 / (3 - at) from generate_series(1, 5) as at';
  await expect(copyOut(client, late, () => undefined)).rejects.toThrow('division by zero');
  expect(await isUsable()).toBe(true);
});
