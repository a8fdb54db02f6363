import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { asServer } from '../../../db/as-actor.ts';
import type { Deps } from '../../../deps.ts';
import { AppError } from '../../../http/errors.ts';
import { isWhatItSays } from '../file-content.ts';
import { mimeOf } from '../file-kinds.ts';
import { findFile, setFileStatus, type FileFacts } from '../file-row.ts';
import { placeOfObject, type ObjectName } from '../object-name.ts';
import { readPictureSize } from '../picture-size.ts';
import { StorageRefusal } from '../storage-errors.ts';
import type { Storage } from '../storage.ts';
import { makeFile } from './make-file.ts';
import { storeBytes } from './store-bytes.ts';
import type { StagedUpload } from './staged-upload.ts';

/** What was found in bytes that arrived. */
export type Measured = { bytes: number; sha256: string; scannedAt: Date | null };

/**
 * Turns arrived bytes into the stored object: under the row that announced them, when they are exactly what it says, or under
 * a row made now, when nobody announced any. `waiting` while a device has not pushed its row yet, or while the virus scanner
 * cannot be asked. Refused bytes are thrown away. Doing it twice is harmless.
 */
export async function settleUpload(deps: Deps, storage: Storage, upload: StagedUpload): Promise<'ready' | 'waiting'> {
  const row = await asServer(deps.server, (tx) => findFile(tx, upload.name));
  if (row && row.owner_id !== upload.owner)
    return refuse(upload, upload.awaitsRow ? new AppError('NOT_FOUND') : new StorageRefusal('exists'));
  if (row && (upload.awaitsRow || row.status !== 'ready')) return settleAnnounced(deps, storage, upload, row);
  if (!upload.awaitsRow) return settleNew(deps, storage, upload);
  if (await isIdTaken(deps, upload.fileId)) return refuse(upload, new AppError('NOT_FOUND'));
  return 'waiting';
}

async function settleAnnounced(deps: Deps, storage: Storage, upload: StagedUpload, row: FileFacts) {
  if (row.status === 'ready') {
    await rm(upload.file, { force: true });
    return 'ready';
  }
  if (row.status !== 'local' && row.status !== 'uploading') return refuse(upload, new AppError('INVALID_INPUT'));
  const { bytes, sha256 } = await measure(upload.file);
  if (bytes !== row.bytes || sha256 !== row.sha256) return refuse(upload, new StorageRefusal('spoiled'));
  const verdict = await inspect(deps, storage, upload);
  if (verdict === 'away') return 'waiting';
  if (verdict === 'refused') {
    // The bytes are the announced ones, so sending them again cannot help: the row is closed.
    await asServer(deps.server, (tx) => setFileStatus(tx, row.id, 'quarantined'));
    return refuse(upload, new AppError('FILE_TYPE'));
  }
  await storeBytes(deps, storage, upload, { id: row.id, sha256 });
  const { scannedAt } = verdict;
  await asServer(deps.server, (tx) => setFileStatus(tx, row.id, 'ready', { mime: mimeOf(upload.name), scannedAt }));
  return 'ready';
}

async function settleNew(deps: Deps, storage: Storage, upload: StagedUpload): Promise<'ready'> {
  const verdict = await inspect(deps, storage, upload);
  if (verdict === 'refused') return refuse(upload, new AppError('FILE_TYPE'));
  if (verdict === 'away') return refuse(upload, new AppError('UNAVAILABLE', { retryAfter: 30 }));
  const measured = { ...(await measure(upload.file)), ...verdict };
  try {
    await makeFile(deps, storage, upload, measured);
  } catch (error) {
    await rm(upload.file, { force: true });
    throw error;
  }
  return 'ready';
}

type Verdict = { scannedAt: Date | null } | 'refused' | 'away';

/** Kind first, then the virus scanner where there is one. */
async function inspect(deps: Deps, { scanner }: Storage, { file, name }: StagedUpload): Promise<Verdict> {
  if (!(await isWhatItSays(file, name.ending)) || (await isTooSmall(file, name))) return 'refused';
  if (!scanner) return { scannedAt: null };
  const finding = await scanner.scan(file);
  if (finding === 'infected') deps.log.warn({ bucket: name.bucket }, 'the virus scanner refused an upload');
  if (finding === 'away') deps.log.error('the virus scanner cannot be asked');
  if (finding === 'clean') return { scannedAt: deps.clock.now() };
  return finding === 'away' ? 'away' : 'refused';
}

/** A logo that is shown large must not be a thumbnail; those drawn from it are named after their use (data model §4). */
async function isTooSmall(file: string, name: ObjectName): Promise<boolean> {
  const least = placeOfObject(name)?.place.leastPixels;
  if (least === undefined || name.ending === 'svg' || !name.name.startsWith('original')) return false;
  const size = await readPictureSize(file);
  return !size || size.width < least || size.height < least;
}

/** The id belongs to a file in another place: waiting for a row that fits would wait for ever. */
async function isIdTaken({ server }: Deps, fileId: string): Promise<boolean> {
  const { rowCount } = await server.query('select from files where id = $1', [fileId]);
  return rowCount === 1;
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
