import type { fileStatuses } from '#contract/tables/submissions.ts';
import type { Tx } from '../../db/sql.ts';
import type { ObjectName } from './object-name.ts';

/** A row of `files` as the server reads it. */
export type FileFacts = {
  id: string;
  bucket: string;
  path: string;
  owner_id: string | null;
  original_name: string;
  mime: string;
  bytes: number;
  sha256: string;
  status: (typeof fileStatuses)[number];
  linked_table: string | null;
  linked_id: string | null;
};

const columns = 'id, bucket, path, owner_id, original_name, mime, bytes, sha256, status, linked_table, linked_id';

/** The row behind an object name, as far as this transaction may see it. */
export async function findFile(tx: Tx, name: ObjectName): Promise<FileFacts | null> {
  const { rows } = await tx.query<FileFacts>(
    `select ${columns} from files where id = $1 and bucket = $2 and path = $3 and not is_deleted`,
    [name.fileId, name.bucket, name.path],
  );
  return rows[0] ? { ...rows[0], bytes: Number(rows[0].bytes) } : null;
}

/** Moves a file on; does nothing when somebody else already has. Runs as the server: status is never a person's to set. */
export async function setFileStatus(
  tx: Tx,
  id: string,
  status: 'ready' | 'quarantined' | 'deleted',
  mime?: string,
): Promise<boolean> {
  const from = status === 'deleted' ? ['local', 'uploading', 'ready', 'quarantined'] : ['local', 'uploading'];
  const { rowCount } = await tx.query(
    'update files set status = $2, mime = coalesce($3, mime) where id = $1 and status = any ($4)',
    [id, status, mime ?? null, from],
  );
  return rowCount === 1;
}
