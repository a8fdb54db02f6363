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

/** What people may read of a row under row-level security; `cache_control` and `details` only the server does. */
const columns = 'id, bucket, path, owner_id, original_name, mime, bytes, sha256, status, linked_table, linked_id';

/** The row behind an object name, as far as this transaction may see it; a file that is gone leaves its name free. */
export async function findFile(tx: Tx, name: Pick<ObjectName, 'bucket' | 'path'>): Promise<FileFacts | null> {
  const { rows } = await tx.query<FileFacts>(
    `select ${columns} from files
     where bucket = $1 and path collate "C" = $2 and status <> 'deleted' and not is_deleted`,
    [name.bucket, name.path],
  );
  return rows[0] ? { ...rows[0], bytes: Number(rows[0].bytes) } : null;
}

/** Whether this id belongs to a file that is gone; such an id comes back with nothing. */
export async function isGone(tx: Tx, id: string): Promise<boolean> {
  const { rowCount } = await tx.query("select from files where id = $1 and status = 'deleted'", [id]);
  return rowCount === 1;
}

/** What the uploader said about the file, for `info` and the headers of public files. */
export type FileDetails = { cache_control: string | null; details: Record<string, unknown> | null };

/** Instants as they go over the wire. */
type FileTimes = { created_at: string; updated_at: string; scanned_at: string | null };

/** Beyond `FileFacts`: when it came, and what was said about it. Asked as the server for a file the person may read. */
export async function findDetails(tx: Tx, id: string): Promise<FileDetails & FileTimes> {
  const { rows } = await tx.query<FileDetails & FileTimes>(
    'select cache_control, details, created_at, updated_at, scanned_at from files where id = $1',
    [id],
  );
  return rows[0]!;
}

/** A stored file whose row the server makes itself, because no device announced one. */
export type NewFile = Pick<FileFacts, 'id' | 'owner_id' | 'original_name' | 'mime' | 'bytes' | 'sha256'> & {
  name: ObjectName;
  link: { table: string; id: string } | null;
} & FileDetails;

/** Makes the row of bytes that are already in their place, scanned at `scannedAt` or not at all. */
export async function insertReadyFile(tx: Tx, file: NewFile, scannedAt: Date | string | null): Promise<void> {
  await tx.query(
    `insert into files (id, bucket, path, owner_id, original_name, mime, bytes, sha256, status, linked_table, linked_id,
       cache_control, details, scanned_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'ready', $9, $10, $11, $12, $13)`,
    [
      ...[file.id, file.name.bucket, file.name.path, file.owner_id, file.original_name, file.mime, file.bytes],
      ...[file.sha256, file.link?.table ?? null, file.link?.id ?? null, file.cache_control],
      ...[file.details && JSON.stringify(file.details), scannedAt],
    ],
  );
}

/** Moves a file on; does nothing when somebody else already has. Runs as the server: status is never a person's to set. */
export async function setFileStatus(
  tx: Tx,
  id: string,
  status: 'ready' | 'quarantined' | 'deleted',
  { mime = null, scannedAt = null }: { mime?: string | null; scannedAt?: Date | null } = {},
): Promise<boolean> {
  const from = status === 'deleted' ? ['local', 'uploading', 'ready', 'quarantined'] : ['local', 'uploading'];
  const { rowCount } = await tx.query(
    `update files set status = $2, mime = coalesce($3, mime), scanned_at = coalesce($5, scanned_at)
     where id = $1 and status = any ($4)`,
    [id, status, mime, from, scannedAt],
  );
  return rowCount === 1;
}
