import type { Feature } from '../../deps.ts';
import { removeBytes } from './erase-files.ts';
import { sweepStagedUploads, sweepStoredFiles } from './files.job.ts';
import { routes } from './routes.ts';

/** Storage: uploads, downloads, lists, signed addresses, and the clearing away of what nothing names. */
export const files = {
  name: 'files',
  routes,
  jobs: [sweepStagedUploads, sweepStoredFiles, removeBytes],
} satisfies Feature;

export { findLessonRight, type LessonRight } from './lesson-right.ts';
export { prepareBucket } from './project-store.ts';
export { sendObject } from './send-object.ts';
export { readSigned, signGrantFor } from './signed-reader.ts';
export { refusalToNull } from './refusals.ts';
export type { Reader } from './read-right.ts';
export { openStorage, purposeKey, s3SettingsOf, type Storage, type StorageConfig } from './storage.ts';
export { attach, mayAttach } from './attached-files.ts';
export { objectKey } from './object-store.ts';
export { eraseFilesOf } from './erase-files.ts';
export { keepDocument, type Document } from './keep-document.ts';
