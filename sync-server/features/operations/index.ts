import type { Feature } from '../../deps.ts';
import { purgeRecords } from './purge.job.ts';

export { jobCommands } from './job-commands.ts';

/** Jobs by hand and what they did; the commands are wired by `app.ts`, for they need every feature's jobs. */
export const operations: Feature = { name: 'operations', jobs: [purgeRecords] };
