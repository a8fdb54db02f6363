import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import { defineJob, type JobCounts } from '../../jobs/define-job.ts';
import { recomputeUnlocks } from './unlocks.ts';

/** Decides every student's lessons anew after a setting that they depend on; what opens by it is no news of its own. */
export const rebuildUnlocks = defineJob({
  name: 'learning.rebuild-unlocks',
  payload: z.object({}),
  run: async (_, deps) => {
    const { rows } = await deps.server.query<{ id: string }>(
      'select distinct student_id as id from course_enrollments where not is_deleted order by 1',
    );
    const counts: JobCounts = { selected: rows.length, done: 0, skipped: 0, failed: 0 };
    for (const { id } of rows) {
      try {
        await asServer(deps.server, (tx) => recomputeUnlocks(tx, deps, id, { announce: false }));
        counts.done++;
      } catch (error) {
        counts.failed++;
        deps.log.error({ err: error, student: id }, 'lessons of a student could not be recomputed');
      }
    }
    return counts;
  },
});
