import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Role } from '#contract/roles.ts';
import { startEmbeddedPostgres } from '../../sync-server/db/embedded-postgres.ts';
import { seedDemo, type SeedAccount } from '../../sync-server/seed/index.ts';
import { startServer, type TestServer } from '../../sync-server/testing/api-client.ts';
import { pull } from '../../sync-server/testing/sync-client.ts';
import { buildTemplate, createTestDatabase, type TestDatabase } from '../../sync-server/testing/test-database.ts';
import type { Bench } from '../bench.ts';

const students = 5000;
/** Tables of this size or more are large: a sequential scan over one is a fault. */
const largeFrom = 1000;

type Measured = {
  /** Median of a device's first pull: everything this person may see, over HTTP, until the last byte. */
  ms: number;
  docs: number;
  /** The same for a pull from its checkpoint when nothing happened meanwhile. */
  nothing_new_ms: number;
  /** Sequential scans over large tables in one first pull and one empty pull together. */
  seq_scans: number;
  /** Rows that PostgreSQL read for them, by scan or index. */
  rows_read: number;
};

/** A first pull of every role in an academy of 5,000 students, and what it costs the database. */
export const benchPull: Bench = async ({ rounds, tell }) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'growth-bench-'));
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'pg'), fsync: false });
  try {
    await buildTemplate(postgres.url);
    const database = await createTestDatabase(postgres.url);
    const password = 'a long enough pass phrase';
    tell(`seeding ${students} students`);
    const from = performance.now();
    const { accounts } = await seedDemo(database.server, {
      students,
      accountsPassword: () => password,
      filesDir: path.join(directory, 'files'),
    });
    // As autovacuum leaves it.
    await database.server.query('vacuum analyze');
    tell(`seeded in ${Math.round(performance.now() - from)} ms`);
    const roles: Partial<Record<Role, Measured>> = {};
    for (const account of accounts) {
      roles[account.role] = await measure(database, { ...account, password }, rounds);
      tell(`${account.role}: ${JSON.stringify(roles[account.role])}`);
    }
    await database.drop();
    return { ...roles, students, large_from: largeFrom, limits: { seq_scans: 0 }, rounds };
  } finally {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
};

async function measure(database: TestDatabase, { email, password }: SeedAccount, rounds: number): Promise<Measured> {
  const server = await startServer(database);
  const first: number[] = [];
  const again: number[] = [];
  let docs = 0;
  try {
    // Each round is another device; the first one warms plans and caches and is not counted.
    for (let round = 0; round <= rounds; round++) {
      const client = await server.signIn(email, password);
      const whole = await timed(() => pull(client, null));
      const nothing = await timed(() => pull(client, whole.result.checkpoint));
      docs = whole.result.docs.length;
      if (round === 0) continue;
      first.push(whole.ms);
      again.push(nothing.ms);
    }
    const cost = await costOf(database, server, email, password);
    return { ms: median(first), docs, nothing_new_ms: median(again), ...cost };
  } finally {
    await server.close();
  }
}

/**
 * What the database did for one first pull and one empty pull. Its counters arrive when a connection reports them, so the people's
 * connections are asked to before and after; sign-in happens outside of what is counted.
 */
async function costOf(
  database: TestDatabase,
  server: TestServer,
  email: string,
  password: string,
): Promise<Pick<Measured, 'seq_scans' | 'rows_read'>> {
  const client = await server.signIn(email, password);
  const before = await counters(database);
  const { checkpoint } = await pull(client, null);
  await pull(client, checkpoint);
  const after = await counters(database);
  let seqScans = 0;
  let rowsRead = 0;
  for (const [table, { scans, rows, live }] of after) {
    const earlier = before.get(table) ?? { scans: 0, rows: 0 };
    if (live >= largeFrom) seqScans += scans - earlier.scans;
    rowsRead += rows - earlier.rows;
  }
  return { seq_scans: seqScans, rows_read: rowsRead };
}

type Counters = Map<string, { scans: number; rows: number; live: number }>;

async function counters({ people, server }: TestDatabase): Promise<Counters> {
  for (const pool of [people, server]) await reportStatistics(pool);
  const { rows } = await server.query<{ table: string; scans: number; rows: number; live: number }>(
    `select relname as "table", seq_scan as scans, seq_tup_read + coalesce(idx_tup_fetch, 0) as rows, n_live_tup as live
     from pg_stat_user_tables where schemaname = 'public'`,
  );
  return new Map(rows.map((row) => [row.table, row]));
}

/** Every connection of the pool says what it has read so far. */
async function reportStatistics(pool: TestDatabase['people']): Promise<void> {
  const held = [];
  // All of them at once, or one that is free would be asked again and again.
  while (held.length < pool.totalCount) held.push(await pool.connect());
  for (const client of held) await client.query('select pg_stat_force_next_flush()');
  for (const client of held) client.release();
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const from = performance.now();
  const result = await work();
  return { ms: Math.round((performance.now() - from) * 10) / 10, result };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
