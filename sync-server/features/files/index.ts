import type { Feature } from '../../deps.ts';
import { sweepStagedUploads } from './files.job.ts';
import { routes } from './routes.ts';

/** Storage: uploads, downloads, signed addresses. */
export const files = { name: 'files', routes, jobs: [sweepStagedUploads] } satisfies Feature;

export { findLessonRight, type LessonRight } from './lesson-right.ts';
export { sendObject } from './send-object.ts';
export { readSigned, signGrantFor } from './signed-reader.ts';
export { refusalToNull } from './refusals.ts';
export type { Reader } from './read-right.ts';
export { openStorage, purposeKey, type Storage } from './storage.ts';
export { objectKey } from './object-store.ts';
