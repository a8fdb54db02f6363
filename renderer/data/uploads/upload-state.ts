import type { UploadRow } from '../device-database.ts';
import type { Upload } from '../types.ts';

/** Still to be sent, as opposed to on the server or never to be taken. */
export const isUnsent = ({ state }: UploadRow): boolean => state === 'waiting' || state === 'uploading';

/** What a screen shows of one file; null when this device never had its bytes. */
export function uploadOf(
  rows: readonly UploadRow[],
  progress: ReadonlyMap<string, number>,
  fileId: string,
): Upload | null {
  const row = rows.find(({ file_id }) => file_id === fileId);
  if (!row) return null;
  const sent = row.state === 'ready' ? row.bytes : (progress.get(fileId) ?? 0);
  return { fileId, state: row.state, sent, total: row.bytes };
}
