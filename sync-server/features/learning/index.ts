import type { Feature } from '../../deps.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { lessonNotesSync } from './lesson-notes.sync.ts';
import { openDueLessons } from './learning.job.ts';
import { recordingRatingsSync } from './recording-ratings.sync.ts';
import { recordingViewsSync } from './recording-views.sync.ts';
import { recomputeUnlocksJob } from './recompute-unlocks.job.ts';
import { userActivityLogsSync } from './user-activity-logs.sync.ts';

export { advancePathway } from './derived.ts';
export { recomputeConcerned, recomputeUnlocksJob } from './recompute-unlocks.job.ts';
export { recomputeDueUnlocks } from './due-unlocks.ts';
export { lockProgress } from './facts.ts';
export { watchBySubmission } from './recording-views.sync.ts';
export { recomputeUnlocks, type RecomputeOptions } from './unlocks.ts';

/** Watching, rating, notes, and which lesson opens next. */
export const learning: Feature = { name: 'learning', jobs: [openDueLessons, recomputeUnlocksJob] };

export const learningSyncs: SyncDefinition[] = [
  recordingViewsSync,
  recordingRatingsSync,
  lessonNotesSync,
  userActivityLogsSync,
];
