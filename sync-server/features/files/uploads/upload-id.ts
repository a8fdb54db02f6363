import { randomBytes } from 'node:crypto';

/** Whose upload for which file. Several uploads of one file may be under way; the first complete one wins. */
export type UploadKey = { owner: string; fileId: string };

/**
 * The id of a resumable upload carries its owner, so that every request on it can be refused without a look-up, and its
 * file, so that a finished upload is found again when the `files` row arrives later.
 */
export const newUploadId = ({ owner, fileId }: UploadKey): string =>
  `${owner}_${fileId}_${randomBytes(16).toString('hex')}`;

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const pattern = new RegExp(`^(${uuid})_(${uuid})_[0-9a-f]{32}$`);

export function parseUploadId(id: string): UploadKey | null {
  const match = pattern.exec(id);
  return match ? { owner: match[1]!, fileId: match[2]! } : null;
}
