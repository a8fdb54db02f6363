import type { Tx } from '../db/sql.ts';
import type { Job } from './define-job.ts';

/** `key`: a waiting job with the same key is replaced instead of doubled. `runAt`: not before this instant. */
export type EnqueueOptions = { key?: string; runAt?: Date };

/** Puts a job into the queue with the transaction that makes it due: both happen or neither. Needs the server's own login. */
export async function enqueue<Payload>(
  tx: Tx,
  job: Job<Payload>,
  payload: Payload,
  { key, runAt }: EnqueueOptions = {},
): Promise<void> {
  await tx.query('select from graphile_worker.add_job($1, payload => $2::json, job_key => $3, run_at => $4)', [
    job.name,
    JSON.stringify(job.payload.parse(payload)),
    key ?? null,
    runAt ?? null,
  ]);
}
