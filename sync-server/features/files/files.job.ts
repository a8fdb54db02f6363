import { z } from 'zod';
import { defineJob } from '../../jobs/define-job.ts';
import { openStorage } from './storage.ts';
import { sweepUploads } from './uploads/sweep-uploads.ts';

/** Frees the room of uploads that were given up. Processes that keep files on disks of their own sweep each their own. */
export const sweepStagedUploads = defineJob({
  name: 'files.sweep-uploads',
  payload: z.unknown(),
  schedule: '30 23 * * *',
  run: async (_, deps) => {
    const swept = await sweepUploads(openStorage(deps), deps.clock.now());
    if (swept > 0) deps.log.info({ swept }, 'given-up uploads swept');
  },
});
