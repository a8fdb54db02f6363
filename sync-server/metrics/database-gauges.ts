import { Gauge } from 'prom-client';
import type { Pool } from '../db/sql.ts';
import type { Metrics } from './metrics.ts';

type Pools = { people: Pool; server: Pool };

/** Adds what is read when somebody looks: connections of the pools, and what the database says about queue and transactions. */
export function addDatabaseGauges({ register }: Metrics, pools: Pools): void {
  const registers = [register];
  new Gauge({
    name: 'growth_db_connections',
    help: 'Connections of this process by pool: in use, idle, and callers waiting for one.',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const pool of ['people', 'server'] as const) {
        const { totalCount, idleCount, waitingCount } = pools[pool];
        this.set({ pool, state: 'used' }, totalCount - idleCount);
        this.set({ pool, state: 'idle' }, idleCount);
        this.set({ pool, state: 'waiting' }, waitingCount);
      }
    },
  });
  const health = sharedWhileRunning(() => readHealth(pools.server));
  new Gauge({
    name: 'growth_db_up',
    help: 'Whether the database answered when this was asked.',
    registers,
    async collect() {
      this.set((await health()) ? 1 : 0);
    },
  });
  for (const [key, [name, help]] of Object.entries(readings)) {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        // Zero would be a lie where the database does not answer.
        this.set((await health())?.[key as keyof Health] ?? Number.NaN);
      },
    });
  }
}

/** What one statement reads, and what it is called. */
const readings = {
  jobs_waiting: ['growth_jobs_waiting', 'Jobs that are due and that nobody runs yet.'],
  jobs_running: ['growth_jobs_running', 'Jobs that some worker runs.'],
  jobs_given_up: ['growth_jobs_given_up', 'Jobs that failed as often as they may.'],
  oldest_job: ['growth_job_oldest_waiting_seconds', 'How long the oldest due job has been due.'],
  xmin_age: ['growth_db_xmin_age_transactions', 'Transactions begun since the oldest that still runs.'],
  oldest_transaction: ['growth_db_oldest_transaction_seconds', 'Age of the oldest transaction in this database.'],
} as const;

type Health = Record<keyof typeof readings, number>;

/** All gauges of one look ask at once and share one statement; null where it failed. */
function sharedWhileRunning<T>(read: () => Promise<T>): () => Promise<T | null> {
  let running: Promise<T | null> | null = null;
  return () =>
    (running ??= read()
      .catch(() => null)
      .finally(() => (running = null)));
}

async function readHealth(server: Pool): Promise<Health> {
  const { rows } = await server.query<Health>({ name: 'metrics-health', text: healthSql });
  return rows[0]!;
}

const healthSql = `
  select q.*, x.* from (
    select count(*) filter (where is_due and locked_at is null)::int as jobs_waiting,
           count(*) filter (where locked_at is not null)::int as jobs_running,
           count(*) filter (where attempts >= max_attempts)::int as jobs_given_up,
           coalesce(extract(epoch from now() - min(run_at) filter (where is_due and locked_at is null)), 0)::float8 as oldest_job
    from (select *, run_at <= now() and attempts < max_attempts as is_due from graphile_worker.jobs) jobs
  ) q, (
    select (pg_snapshot_xmax(s)::text::bigint - pg_snapshot_xmin(s)::text::bigint)::float8 as xmin_age,
           coalesce((select extract(epoch from now() - min(xact_start)) from pg_stat_activity
                     where datname = current_database()), 0)::float8 as oldest_transaction
    from pg_current_snapshot() s
  ) x`;
