import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineJob, type JobCounts } from '../../jobs/define-job.ts';
import { notify } from '../notifications/index.ts';

type Parts = Pick<Deps, 'server' | 'serverKey' | 'clock' | 'log'>;
type Item = {
  id: string;
  title: string;
  description: string;
  lesson_id: string | null;
  session_id: string | null;
  students: string[];
};

/** Items fetched at a time. */
const batchSize = 100;

/**
 * Brings the schedules of all batches up to this moment, and tells the students of a batch once of each item whose day came
 * (data model R18). One transaction per item: it is marked as told only when everybody's line is there.
 */
export async function processTimelines(deps: Parts): Promise<JobCounts> {
  const now = deps.clock.now().toISOString();
  await asServer(deps.server, (tx) => tx.query('select server_settle_timeline($1, $2)', [deps.serverKey, now]));
  const counts: JobCounts = { selected: 0, done: 0, skipped: 0, failed: 0 };
  const seen: string[] = [];
  for (;;) {
    const { rows } = await deps.server.query<{ id: string }>('select server_items_to_tell($1, $2, $3::uuid[]) as id', [
      deps.serverKey,
      batchSize,
      seen,
    ]);
    if (rows.length === 0) return counts;
    for (const { id } of rows) {
      seen.push(id);
      counts.selected++;
      try {
        const isTold = await asServer(deps.server, (tx) => tell(tx, deps, id, now));
        counts[isTold ? 'done' : 'skipped']++;
      } catch (error) {
        counts.failed++;
        deps.log.error({ err: error, item: id }, 'the students of a batch could not be told of an item');
      }
    }
  }
}

/** False where another run was faster. */
async function tell(tx: Tx, deps: Parts, itemId: string, now: string): Promise<boolean> {
  const { rows } = await tx.query<{ item: Item | null }>('select server_claim_item($1, $2, $3) as item', [
    deps.serverKey,
    itemId,
    now,
  ]);
  const item = rows[0]?.item;
  if (!item) return false;
  const link = item.session_id ? `session/${item.session_id}` : item.lesson_id ? `lesson/${item.lesson_id}` : '';
  for (const student of item.students)
    await notify(tx, deps, {
      template: 'batch_content',
      to: student,
      fields: { title: item.title, description: item.description },
      link,
      dedupe: `batch_item:${item.id}:${student}`,
    });
  return true;
}

/** Four times an hour: in some zones a day begins at half past or at a quarter to. */
export const processTimelinesJob = defineJob({
  name: 'batches.batch-content-drip-processor',
  payload: z.unknown(),
  schedule: '5,20,35,50 * * * *',
  run: (_, deps) => processTimelines(deps),
});
