import { asServer } from '../db/as-actor.ts';
import type { PoolClient } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import type { Job, JobCounts } from './define-job.ts';

/** First half of the advisory locks that keep one job from running twice at once; the second is a hash of its name. */
const lockClass = 7462;

export type RunTrigger = 'cron' | 'manual' | 'catchup';
export type RunRequest = { trigger: RunTrigger; scheduledFor: Date; dryRun?: boolean };
export type RunResult = {
  id: string | null;
  state: 'ok' | 'failed' | 'skipped';
  counts: Partial<JobCounts>;
  error?: string;
};

/** A run that was let in; `finished` never rejects. */
export type StartedRun = { id: string; finished: Promise<RunResult> };

/**
 * Lets a scheduled job run for one slot of the clock and writes down how it went (workflows 4.1). A slot that was done is not
 * done again; while the job runs somewhere else the answer is null and nothing starts.
 */
export async function startRun(deps: Deps, job: Job, request: RunRequest): Promise<StartedRun | null> {
  const client = await deps.server.connect();
  let isHeld = false;
  try {
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as held', [
      lockClass,
      job.name,
    ]);
    isHeld = rows[0]!.held;
    const id = isHeld ? await claimSlot(client, job, request, deps.clock.now()) : null;
    if (id === null) {
      await release(client, job, isHeld);
      return null;
    }
    const finished = carryOut(deps, job, request, id).finally(() => release(client, job, true));
    return { id, finished };
  } catch (error) {
    client.release(error as Error);
    throw error;
  }
}

/** Runs a job for a slot and waits for its end. */
export async function runRecorded(deps: Deps, job: Job, request: RunRequest): Promise<RunResult> {
  const started = await startRun(deps, job, request);
  return started ? started.finished : { id: null, state: 'skipped', counts: {} };
}

/** A connection that cannot give the lock back is thrown away, and the lock with it. */
async function release(client: PoolClient, job: Job, isHeld: boolean): Promise<void> {
  if (!isHeld) return client.release();
  const broken = await client.query('select pg_advisory_unlock($1, hashtext($2))', [lockClass, job.name]).then(
    () => undefined,
    (error: Error) => error,
  );
  client.release(broken);
}

/** The row of this slot; null where it was done before. One that failed, or whose runner died, is taken up again. */
async function claimSlot(
  client: PoolClient,
  job: Job,
  { trigger, scheduledFor, dryRun = false }: RunRequest,
  now: Date,
): Promise<string | null> {
  // Whoever holds the lock knows that no other run is alive.
  await client.query(
    `update job_runs set state = 'failed', error = 'the process ended', finished_at = $3
     where job = $1 and state = 'running' and scheduled_for <> $2`,
    [job.name, scheduledFor, now],
  );
  const { rows } = await client.query<{ id: string }>(
    `insert into job_runs as r (job, scheduled_for, trigger, dry_run, started_at) values ($1, $2, $3, $4, $5)
     on conflict (job, scheduled_for) do update
       set state = 'running', started_at = excluded.started_at, finished_at = null, error = null, counts = '{}'
       where r.state in ('failed', 'running', 'skipped')
     returning id`,
    [job.name, scheduledFor, trigger, dryRun, now],
  );
  return rows[0]?.id ?? null;
}

async function carryOut(deps: Deps, job: Job, { dryRun = false }: RunRequest, id: string): Promise<RunResult> {
  let result: RunResult;
  try {
    const counts = (await job.run(job.payload.parse({}), deps, { dryRun })) ?? {};
    const failed = (counts as Partial<JobCounts>).failed ?? 0;
    result = {
      id,
      counts,
      ...(failed > 0 ? { state: 'failed', error: `${failed} rows failed` } : { state: 'ok' }),
    };
  } catch (error) {
    deps.log.error({ err: error, job: job.name, run: id }, 'a job failed');
    // Messages of the database name columns and constraints, never values; details, which do, are left out.
    result = { id, state: 'failed', counts: {}, error: (error as Error).message.slice(0, 500) };
  }
  await asServer(deps.server, (tx) =>
    tx.query('update job_runs set state = $2, counts = $3::jsonb, error = $4, finished_at = $5 where id = $1', [
      id,
      result.state,
      JSON.stringify(result.counts),
      result.error ?? null,
      deps.clock.now(),
    ]),
  ).catch((error: Error) => deps.log.error({ err: error, job: job.name, run: id }, 'the end of a job was not noted'));
  return result;
}
