import { z } from 'zod';
import { defineJob } from '../../jobs/define-job.ts';
import { recomputeDueUnlocks } from './due-unlocks.ts';

/** Dates open lessons at the latest an hour after they came (data model R13). */
export const openDueLessons = defineJob({
  name: 'learning.open-due-lessons',
  payload: z.unknown(),
  schedule: '0 * * * *',
  run: async (_, deps) => {
    await recomputeDueUnlocks(deps);
  },
});
