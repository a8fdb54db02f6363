import type { CompanySettings } from '../tables/company.ts';
import type { Assignment } from '../tables/lessons.ts';
import type { FileRow } from '../tables/submissions.ts';
import type { Verdict } from '../errors.ts';

const megabyte = 1024 * 1024;

export const documents = ['application/pdf', 'text/plain'];
export const office = [
  'application/msword',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
];
export const images = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

type Bucket = FileRow['bucket'];

/**
 * What each bucket takes (data model §4); types are those found in the bytes, not the claimed ones, and a place may take less.
 * `unusedHours`: a file that nothing names is forgotten after this (workflows 3.36).
 */
export const bucketRules = {
  'assignment-submissions': {
    bytes: 25 * megabyte,
    unusedHours: 30 * 24,
    types: [...documents, ...office, ...images, 'application/zip', 'video/mp4'],
  },
  'student-documents': {
    bytes: 10 * megabyte,
    unusedHours: 48,
    types: ['application/pdf', ...office.slice(0, 2), 'image/jpeg', 'image/png'],
  },
  'company-logos': {
    bytes: 25 * megabyte,
    unusedHours: 48,
    types: [...documents, ...office, 'image/jpeg', 'image/png', 'image/webp', 'image/svg+xml'],
  },
  attachments: {
    bytes: 50 * megabyte,
    unusedHours: 48,
    types: [
      ...documents,
      ...office,
      ...images,
      'application/zip',
      'video/mp4',
      'audio/mpeg',
      'text/csv',
      'text/markdown',
    ],
  },
  'lesson-media': {
    bytes: 4096 * megabyte,
    unusedHours: 48,
    types: ['video/mp4', 'video/webm', 'audio/mpeg', 'text/vtt'],
  },
} as const satisfies Record<Bucket, { bytes: number; unusedHours: number; types: readonly string[] }>;

/** What one assignment takes: its own limits, else the company's. */
export const submissionLimits = (
  assignment: Pick<Assignment, 'max_files' | 'max_file_mb'>,
  settings: Pick<CompanySettings, 'submission_max_files' | 'submission_max_file_mb'>,
): { files: number; bytes: number } => ({
  files: assignment.max_files ?? settings.submission_max_files,
  bytes: (assignment.max_file_mb ?? settings.submission_max_file_mb) * megabyte,
});

/** Whether a bucket takes a file of this size and type; `limit` and `types` replace the bucket's own where they are given. */
export function canStore(
  file: { bucket: Bucket; bytes: number; mime: string },
  limit?: number,
  types: readonly string[] = bucketRules[file.bucket].types,
): Verdict {
  if (file.bytes <= 0) return 'invalid';
  if (file.bytes > (limit ?? bucketRules[file.bucket].bytes)) return 'too_large';
  return types.includes(mediaType(file.mime)) ? 'allowed' : 'file_type';
}

/** `Text/Plain; charset=utf-8` → `text/plain`. */
export const mediaType = (mime: string): string => mime.split(';')[0]!.trim().toLowerCase();
