import { asServer } from '../db/as-actor.ts';
import type { Tx } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import type { JobCounts } from './define-job.ts';

/**
 * Deals with selected rows one by one, each in a short transaction of its own; one that fails is logged, stays as it is and does
 * not stop the others. `work` answers whether it changed anything: somebody may have been quicker. A dry run only counts.
 */
export async function eachRow<T>(
  deps: Deps,
  rows: readonly T[],
  work: (tx: Tx, row: T) => Promise<boolean>,
  { dryRun = false } = {},
): Promise<JobCounts> {
  const counts: JobCounts = { selected: rows.length, done: 0, skipped: 0, failed: 0 };
  if (dryRun) return counts;
  for (const row of rows)
    try {
      counts[(await asServer(deps.server, (tx) => work(tx, row))) ? 'done' : 'skipped']++;
    } catch (error) {
      deps.log.error({ err: error, row }, 'a row of a job failed');
      counts.failed++;
    }
  return counts;
}
