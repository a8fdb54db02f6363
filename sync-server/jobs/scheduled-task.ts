import { z } from 'zod';
import type { Deps } from '../deps.ts';
import type { Job } from './define-job.ts';
import { runRecorded } from './job-runs.ts';

/** How often a slot that failed is tried again, and after how long. */
const mostRetries = 3;
const retryAfterMinutes = 10;

/** What the clock of graphile-worker adds to a payload, and what we add when a slot is tried again. */
const cronPayload = z.object({
  _cron: z.object({ ts: z.iso.datetime({ offset: true }), backfilled: z.boolean().optional() }).optional(),
  _retry: z.number().int().optional(),
});

/** Runs a job that the clock started: recorded per slot, never twice at once, tried again where rows failed. */
export async function runScheduled(deps: Deps, job: Job, payload: unknown): Promise<void> {
  const { _cron: cron, _retry: retries = 0 } = cronPayload.catch({}).parse(payload ?? {});
  const scheduledFor = cron ? new Date(cron.ts) : deps.clock.now();
  const trigger = cron?.backfilled ? 'catchup' : 'cron';
  const { state } = await runRecorded(deps, job, { trigger, scheduledFor });
  if (state !== 'failed' || retries >= mostRetries) return;
  await deps.server.query(
    `select from graphile_worker.add_job($1, payload => $2::json, job_key => $3, run_at => now() + make_interval(mins => $4))`,
    [
      job.name,
      JSON.stringify({ _cron: { ts: scheduledFor.toISOString(), backfilled: true }, _retry: retries + 1 }),
      `${job.name}:retry`,
      retryAfterMinutes,
    ],
  );
}
