import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { recomputeUnlocks } from '../learning/index.ts';

const ids = z.array(z.uuid());
const payload = z.object({ course_ids: ids, pathway_ids: ids, batch_ids: ids });
/** Students fetched at a time. */
const batchSize = 200;

/**
 * Decides the lessons of everybody anew whom a change of content concerns (data model R13); one transaction per student, so
 * that one failure holds up nobody else. Answers how many were looked at.
 */
export async function recomputeConcerned(
  deps: Pick<Deps, 'server' | 'serverKey' | 'clock' | 'log'>,
  { course_ids, pathway_ids, batch_ids }: z.infer<typeof payload>,
): Promise<number> {
  let last: string | null = null;
  let count = 0;
  for (;;) {
    const { rows }: { rows: { id: string }[] } = await deps.server.query(
      'select server_students_of($1, $2, $3, $4, $5, $6) as id',
      [deps.serverKey, course_ids, pathway_ids, batch_ids, last, batchSize],
    );
    if (rows.length === 0) return count;
    for (const { id } of rows) {
      last = id;
      count++;
      try {
        await asServer(deps.server, (tx) => recomputeUnlocks(tx, deps, id));
      } catch (error) {
        deps.log.error({ err: error, student: id }, 'lessons of a student could not be recomputed');
      }
    }
  }
}

export const recomputeUnlocksJob = defineJob({
  name: 'content.recompute-unlocks',
  payload,
  run: async (concerned, deps) => {
    await recomputeConcerned(deps, concerned);
  },
});
