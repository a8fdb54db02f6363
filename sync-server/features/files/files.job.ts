import { z } from 'zod';
import { defineJob } from '../../jobs/define-job.ts';
import { openStorage } from './storage.ts';
import { sweepFiles } from './sweep-files.ts';
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

/** Files that nothing names, rows that never got their bytes, bytes that never got their row (workflows 4.3, purge). */
export const sweepStoredFiles = defineJob({
  name: 'files.sweep-files',
  payload: z.unknown(),
  schedule: '30 3 * * *',
  run: async (_, deps) => {
    const swept = await sweepFiles(deps, openStorage(deps));
    if (Object.values(swept).some((count) => count > 0)) deps.log.info(swept, 'files swept');
  },
});
