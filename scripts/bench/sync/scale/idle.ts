import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from '../../../../sync-server/db/sql.ts';
import { rounded } from '../statistics.ts';

/** An idle connection reports what it did before after ten seconds at the latest. */
const reportedMs = 11_000;

/** Transactions per second of the database while nothing happens. */
export async function transactionsPerSecond(server: Pool, seconds: number): Promise<number> {
  await pause(reportedMs);
  const before = await committed(server);
  const from = performance.now();
  await pause(seconds * 1000);
  const after = await committed(server);
  // One of them is ours.
  return rounded(Math.max(0, after - before - 1) / ((performance.now() - from) / 1000), 1);
}

async function committed(server: Pool): Promise<number> {
  const { rows } = await server.query<{ count: number }>(
    'select (xact_commit + xact_rollback)::int as count from pg_stat_database where datname = current_database()',
  );
  return rows[0]!.count;
}
