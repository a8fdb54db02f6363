import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { asServer } from '../../../db/as-actor.ts';
import type { Deps } from '../../../deps.ts';
import { AppError } from '../../../http/errors.ts';
import { isWhatItSays, mimeOf } from '../accepted-files.ts';
import { findFile, setFileStatus, type FileFacts } from '../file-row.ts';
import type { ObjectName } from '../object-name.ts';
import { objectKey } from '../object-store.ts';
import type { Storage } from '../storage.ts';

/** Size or SHA-256 of what arrived are not those of the row. */
export class ChecksumError extends AppError {
  constructor() {
    super('INVALID_INPUT', { message: 'The bytes that arrived are not the file that was announced.' });
  }
}

/** Bytes that arrived whole and wait to become an object. */
export type StagedUpload = { owner: string; name: ObjectName; file: string };

/**
 * Turns arrived bytes into the stored object, when their row is there and they are exactly what it says: `ready`, or
 * `waiting` while the device has not pushed the row yet. Refused bytes are thrown away. Doing it twice is harmless.
 */
export async function settleUpload(deps: Deps, storage: Storage, upload: StagedUpload): Promise<'ready' | 'waiting'> {
  const row = await asServer(deps.server, (tx) => findFile(tx, upload.name));
  if (!row) {
    if (await isIdTaken(deps, upload.name.fileId)) return refuse(upload, new AppError('NOT_FOUND'));
    return 'waiting';
  }
  if (row.owner_id !== upload.owner) return refuse(upload, new AppError('NOT_FOUND'));
  if (row.status === 'ready') {
    await rm(upload.file, { force: true });
    return 'ready';
  }
  if (row.status !== 'local' && row.status !== 'uploading') return refuse(upload, new AppError('INVALID_INPUT'));
  await checkContent(deps, upload, row);
  await storage.objects.put(objectKey(upload.name.bucket, row.id), upload.file);
  await asServer(deps.server, (tx) => setFileStatus(tx, row.id, 'ready', mimeOf(upload.name)!));
  return 'ready';
}

/** The id belongs to a file in another place: waiting for a row that fits would wait for ever. */
async function isIdTaken({ server }: Deps, fileId: string): Promise<boolean> {
  const { rowCount } = await server.query('select from files where id = $1', [fileId]);
  return rowCount === 1;
}

async function checkContent(deps: Deps, upload: StagedUpload, row: FileFacts): Promise<void> {
  const { bytes, sha256 } = await measure(upload.file);
  if (bytes !== row.bytes || sha256 !== row.sha256) {
    return refuse(upload, new ChecksumError());
  }
  if (await isWhatItSays(upload.file, upload.name.ending)) return;
  // The bytes are the announced ones, so sending them again cannot help: the row is closed.
  await asServer(deps.server, (tx) => setFileStatus(tx, row.id, 'quarantined'));
  return refuse(upload, new AppError('FILE_TYPE'));
}

async function refuse(upload: StagedUpload, error: AppError): Promise<never> {
  await rm(upload.file, { force: true });
  throw error;
}

async function measure(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
