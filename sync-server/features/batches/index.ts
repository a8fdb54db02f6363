import type { Feature } from '../../deps.ts';
import { processTimelinesJob } from './timeline.job.ts';

/** What the clock brings to the students of a batch. */
export const batches: Feature = { name: 'batches', jobs: [processTimelinesJob] };
