import type { Feature } from '../../deps.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { filesSync } from './files.sync.ts';
import { receiptRoutes } from './receipt-routes.ts';
import { submissionReviewsSync } from './submission-reviews.sync.ts';
import { submissionsSync } from './submissions.sync.ts';

/** Work handed in, reviewed, and what that opens. */
export const submissions: Feature = { name: 'submissions', routes: receiptRoutes };

export const submissionsSyncs: SyncDefinition[] = [filesSync, submissionsSync, submissionReviewsSync];
