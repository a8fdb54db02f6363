import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrate } from '../db/migrate.ts';
import { openPools, type Pools } from '../db/pools.ts';
import { dumpSchema } from './dump.ts';
import { findPostgres15 } from './find-postgres-15.ts';

/** Everything migrates from empty on the oldest PostgreSQL that we run on, and it looks the same there. */

let directory: string;
let url: string;
let postgres: EmbeddedPostgres | undefined;
let pools: Pools;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'growth-os-15-'));
  postgres = await startEmbeddedPostgres({ directory, fsync: false, programs: findPostgres15() });
  url = postgres.url;
  await migrate({ databaseUrl: url });
  pools = await openPools({ databaseUrl: url, size: 2 });
}, 300_000);
afterAll(async () => {
  await pools.end();
  await postgres?.stop();
  await rm(directory, { recursive: true, force: true });
});

test('it is version 15', async () => {
  const { rows } = await pools.server.query<{ version: string }>('show server_version_num');
  expect(Object.values(rows[0]!)[0]).toMatch(/^15\d{4}$/);
});

test('the schema is the committed one', async () => {
  const committed = await readFile(path.join(import.meta.dirname, '../db/schema.txt'), 'utf8');
  expect(await dumpSchema(pools.server)).toBe(committed);
});

test('a second migration changes nothing', async () => {
  expect((await migrate({ databaseUrl: url })).applied).toEqual([]);
});
