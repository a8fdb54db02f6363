import { linkByPath } from '#contract/rules/file-places.ts';
import { asServer } from '../../../db/as-actor.ts';
import type { Tx } from '../../../db/sql.ts';
import type { Deps } from '../../../deps.ts';
import { mimeOf } from '../file-kinds.ts';
import { findFile, insertReadyFile, setFileStatus, type FileFacts, type NewFile } from '../file-row.ts';
import { lockIfUnused } from '../file-uses.ts';
import { placeOfObject } from '../object-name.ts';
import { objectKey } from '../object-store.ts';
import { isNameTaken, StorageRefusal } from '../storage-errors.ts';
import type { Storage } from '../storage.ts';
import type { Measured } from './settle-upload.ts';
import type { StagedUpload } from './staged-upload.ts';
import { storeBytes } from './store-bytes.ts';

/**
 * Makes object and row of bytes that no device announced. The object comes first: bytes without a row are swept away, a row
 * without bytes would be a broken promise. An own file that lay here before goes in the same transaction.
 */
export async function makeFile(deps: Deps, storage: Storage, upload: StagedUpload, measured: Measured): Promise<void> {
  const { bucket } = upload.name;
  const file = describeFile(upload.fileId, upload, measured);
  await storeBytes(deps, storage, upload, file);
  try {
    const old = await asServer(deps.server, (tx) => takePlace(tx, upload, file, measured.scannedAt));
    if (old) await storage.objects.remove(objectKey(bucket, old.id));
  } catch (error) {
    await storage.objects.remove(objectKey(bucket, file.id));
    throw isNameTaken(error) ? new StorageRefusal('exists') : error;
  }
}

function describeFile(id: string, { name, owner, cacheControl, details }: StagedUpload, measured: Measured): NewFile {
  const found = placeOfObject(name);
  const link = found && linkByPath(found);
  const { bytes, sha256 } = measured;
  return {
    ...{ id, name, link, bytes, sha256, details },
    owner_id: owner,
    original_name: name.name,
    mime: mimeOf(name)!,
    cache_control: cacheControl,
  };
}

/** Puts the new row in the place of the old one, which must be the same person's and named by nothing. */
async function takePlace(
  tx: Tx,
  upload: StagedUpload,
  file: NewFile,
  scannedAt: Date | null,
): Promise<FileFacts | null> {
  const old = await findFile(tx, upload.name);
  if (old) {
    if (!upload.upsert || old.owner_id !== upload.owner) throw new StorageRefusal('exists');
    if (!(await lockIfUnused(tx, old.id))) throw new StorageRefusal('inUse');
    await setFileStatus(tx, old.id, 'deleted');
  }
  await insertReadyFile(tx, file, scannedAt);
  return old;
}
