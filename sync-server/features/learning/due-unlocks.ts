import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { recomputeUnlocks } from './unlocks.ts';

/** Students fetched at a time. */
const batchSize = 200;

/**
 * Opens lessons whose date has come and shuts those whose access has ended; one transaction per student, so that one
 * failure holds up nobody else. Safe to run twice and by several processes at once. Answers how many were looked at.
 */
export async function recomputeDueUnlocks(deps: Pick<Deps, 'server' | 'serverKey' | 'clock' | 'log'>): Promise<number> {
  const now = deps.clock.now().toISOString();
  const seen = new Set<string>();
  for (;;) {
    const { rows } = await deps.server.query<{ id: string }>(
      'select server_students_due($1, $2, $3, $4::uuid[]) as id',
      [deps.serverKey, now, batchSize, [...seen]],
    );
    if (rows.length === 0) return seen.size;
    for (const { id } of rows) {
      seen.add(id);
      try {
        await asServer(deps.server, (tx) => recomputeUnlocks(tx, deps, id, { cause: 'drip' }));
      } catch (error) {
        deps.log.error({ err: error, student: id }, 'lessons of a student could not be recomputed');
      }
    }
  }
}
