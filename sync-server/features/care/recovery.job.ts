import { z } from 'zod';
import { defineJob } from '../../jobs/define-job.ts';
import { checkRecovery } from './recovery-check.ts';

/** 09:00: who went silent is written to, who came back is let be (data model R27). */
export const recoverStudents = defineJob({
  name: 'care.daily-recovery-check',
  payload: z.unknown(),
  schedule: '0 9 * * *',
  canRunDry: true,
  run: async (_, deps, { dryRun } = { dryRun: false }) => {
    const counts = await checkRecovery(deps, { only: null, dryRun, actor: null });
    const done = counts.sent + counts.recovered + counts.churned;
    const skipped = counts.students_checked - done - counts.failed;
    return { selected: counts.students_checked, done, skipped: Math.max(0, skipped), failed: counts.failed };
  },
});
