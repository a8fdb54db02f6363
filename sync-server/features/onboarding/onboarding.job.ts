import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { defineJob, type JobCounts } from '../../jobs/define-job.ts';
import { completeOnboarding } from './complete.ts';

const batchSize = 200;

/**
 * Finishes onboarding that waits for nobody any more: what a push could not finish, and everybody's where nothing is asked
 * (workflows 4.3). One transaction per student, so that one failure holds up nobody else.
 */
export async function finishOnboarding(deps: Pick<Deps, 'server' | 'serverKey' | 'clock' | 'log'>): Promise<JobCounts> {
  const seen: string[] = [];
  const counts: JobCounts = { selected: 0, done: 0, skipped: 0, failed: 0 };
  for (;;) {
    const { rows } = await deps.server.query<{ id: string }>(
      'select server_onboarding_open($1, $2, $3::uuid[]) as id',
      [deps.serverKey, batchSize, seen],
    );
    if (rows.length === 0) return counts;
    for (const { id } of rows) {
      seen.push(id);
      counts.selected++;
      try {
        const isDone = await asServer(deps.server, (tx) => completeOnboarding(tx, deps, id));
        counts[isDone ? 'done' : 'skipped']++;
      } catch (error) {
        counts.failed++;
        deps.log.error({ err: error, student: id }, 'onboarding of a student could not be finished');
      }
    }
  }
}

export const processOnboarding = defineJob({
  name: 'onboarding.process-onboarding-jobs',
  payload: z.unknown(),
  schedule: '*/10 * * * *',
  run: (_, deps) => finishOnboarding(deps),
});
