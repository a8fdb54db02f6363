import { storageBuckets, type StorageBucket } from '#contract/api/files.ts';

/** A parsed object name. `fileId` is the id in the last part of the path: what the `files` row is found by. */
export type ObjectName = {
  bucket: StorageBucket;
  path: string;
  folders: string[];
  fileId: string;
  ending: string;
};

const folder = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;
const lastPart = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([a-z0-9]{1,8})$/;

/**
 * Reads a bucket and a path as they came from outside; null for everything that is not a plain name. Dots, percent signs,
 * backslashes, NUL, empty parts and absolute paths never pass, so nothing has to be cleaned or normalised.
 */
export function parseObjectName(bucket: unknown, path: unknown): ObjectName | null {
  const known = storageBuckets.find((name) => name === bucket);
  if (!known || typeof path !== 'string' || path.length > 400) return null;
  const parts = path.split('/');
  const last = lastPart.exec(parts.pop() ?? '');
  if (!last || parts.length === 0 || parts.length > 5 || !parts.every((part) => folder.test(part))) return null;
  return { bucket: known, path, folders: parts, fileId: last[1]!, ending: last[2]! };
}

/** Whether a person may bring a file here before its row is known: only below their own id (data model §4). */
export function isOwnPath(name: ObjectName, userId: string): boolean {
  if (name.bucket === 'assignment-submissions' || name.bucket === 'student-documents')
    return name.folders[0] === userId;
  return name.bucket === 'attachments' && name.folders[0] === 'avatars' && name.folders[1] === userId;
}
