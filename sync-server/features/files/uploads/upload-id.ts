import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from '../../../db/sql.ts';
import type { UploadPlan } from './staged-upload.ts';

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

/**
 * The id the row of an upload will have: the one in its name, unless a file that is gone had it; then, and where the name holds
 * none, a new one. A row that a device pushes has the id of the name in any case.
 */
export async function chooseFileId(
  server: Pool,
  { name, awaitsRow }: Pick<UploadPlan, 'name' | 'awaitsRow'>,
): Promise<string> {
  if (!name.fileId) return randomUUID();
  if (awaitsRow) return name.fileId;
  const { rows } = await server.query<{ bucket: string; path: string; status: string }>(
    'select bucket, path, status from files where id = $1',
    [name.fileId],
  );
  const [row] = rows;
  const isFree = !row || (row.bucket === name.bucket && row.path === name.path && row.status === 'local');
  return isFree ? name.fileId : randomUUID();
}
