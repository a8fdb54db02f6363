import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { defineJob, type JobCounts } from '../../jobs/define-job.ts';
import { recomputeUnlocks } from './unlocks.ts';

const ids = z.array(z.uuid());
/** Whose lessons: of everybody enrolled, or of those whom a change of these courses, pathways and batches concerns. */
const payload = z.union([
  z.object({ everybody: z.literal(true) }),
  z.object({ course_ids: ids, pathway_ids: ids, batch_ids: ids }),
]);
type Concerned = z.infer<typeof payload>;
/** Students fetched at a time. */
const batchSize = 200;

/**
 * Decides the lessons of everybody anew whom a change of content or settings concerns (data model R13); one transaction per
 * student, so that one failure holds up nobody else. What opens by a setting is no news of its own.
 */
export async function recomputeConcerned(
  deps: Pick<Deps, 'server' | 'serverKey' | 'clock' | 'log'>,
  concerned: Concerned,
): Promise<JobCounts> {
  const counts: JobCounts = { selected: 0, done: 0, skipped: 0, failed: 0 };
  let last: string | null = null;
  for (;;) {
    const students = await readStudents(deps, concerned, last);
    if (students.length === 0) return counts;
    counts.selected += students.length;
    for (const id of students) {
      last = id;
      try {
        await asServer(deps.server, (tx) => recomputeUnlocks(tx, deps, id, { announce: !('everybody' in concerned) }));
        counts.done++;
      } catch (error) {
        counts.failed++;
        deps.log.error({ err: error, student: id }, 'lessons of a student could not be recomputed');
      }
    }
  }
}

async function readStudents(
  { server, serverKey }: Pick<Deps, 'server' | 'serverKey'>,
  concerned: Concerned,
  laterThan: string | null,
): Promise<string[]> {
  // Null: whatever they are enrolled in.
  const { course_ids, pathway_ids, batch_ids } =
    'everybody' in concerned ? { course_ids: null, pathway_ids: null, batch_ids: null } : concerned;
  const { rows } = await server.query<{ id: string }>('select server_students_of($1, $2, $3, $4, $5, $6) as id', [
    serverKey,
    course_ids,
    pathway_ids,
    batch_ids,
    laterThan,
    batchSize,
  ]);
  return rows.map(({ id }) => id);
}

export const recomputeUnlocksJob = defineJob({
  name: 'learning.recompute-unlocks',
  payload,
  run: (concerned, deps) => recomputeConcerned(deps, concerned),
});
