import { randomUUID } from 'node:crypto';
import { linkByPath } from '#contract/rules/file-places.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { mimeOf } from './file-kinds.ts';
import { findDetails, insertReadyFile, setFileStatus, type FileFacts } from './file-row.ts';
import { lockIfUnused } from './file-uses.ts';
import { placeOfObject, type ObjectName } from './object-name.ts';
import { objectKey } from './object-store.ts';
import { findReadable } from './read-right.ts';
import { isNameTaken, StorageRefusal } from './storage-errors.ts';
import type { Storage } from './storage.ts';
import { checkUpload, type Uploader } from './uploads/upload-right.ts';

/**
 * Copies a file the person may read to a place where they may bring it, as a file of their own: both rights are asked, and the
 * kind stays what it is. Answers the new row's id.
 */
export async function copyFile(
  deps: Deps,
  storage: Storage,
  uploader: Uploader,
  [from, to]: [ObjectName, ObjectName],
): Promise<string> {
  const source = await readSource(deps, uploader, from, to);
  await checkUpload(deps, uploader, to, { bytes: source.bytes, upsert: false });
  const id = randomUUID();
  await storage.objects.copy(objectKey(from.bucket, source.id), objectKey(to.bucket, id));
  try {
    await asServer(deps.server, (tx) => insertCopy(tx, source, { id, owner: uploader.actor.id, to }));
  } catch (error) {
    await storage.objects.remove(objectKey(to.bucket, id));
    throw isNameTaken(error) ? new StorageRefusal('exists') : error;
  }
  return id;
}

/**
 * Gives an own file that nothing names another place. Within a bucket the row keeps its id, so that nothing else changes; into
 * another bucket it is a copy, and the first one goes.
 */
export async function moveFile(
  deps: Deps,
  storage: Storage,
  uploader: Uploader,
  [from, to]: [ObjectName, ObjectName],
): Promise<string> {
  const source = await readSource(deps, uploader, from, to);
  if (source.owner_id !== uploader.actor.id) throw new AppError('PERMISSION_DENIED');
  await checkUpload(deps, uploader, to, { bytes: source.bytes, upsert: false });
  if (from.bucket !== to.bucket) {
    const id = await copyFile(deps, storage, uploader, [from, to]);
    const isGone = await asServer(
      deps.server,
      async (tx) => (await lockIfUnused(tx, source.id)) && setFileStatus(tx, source.id, 'deleted'),
    );
    if (isGone) await storage.objects.remove(objectKey(from.bucket, source.id));
    return id;
  }
  try {
    await asServer(deps.server, (tx) => rename(tx, source, to));
  } catch (error) {
    throw isNameTaken(error) ? new StorageRefusal('exists') : error;
  }
  return source.id;
}

async function readSource(deps: Deps, { actor, session }: Uploader, from: ObjectName, to: ObjectName) {
  const source = await findReadable(deps, { actor, sessionId: session.id }, from);
  if (!source) throw new StorageRefusal('noSuchKey');
  if (mimeOf(from) !== mimeOf(to)) throw new AppError('FILE_TYPE', { message: 'A copy keeps the ending of its name.' });
  return source;
}

async function insertCopy(
  tx: Tx,
  source: FileFacts,
  { id, owner, to }: { id: string; owner: string; to: ObjectName },
): Promise<void> {
  const found = placeOfObject(to);
  const said = await findDetails(tx, source.id);
  await insertReadyFile(
    tx,
    {
      ...{ id, owner_id: owner, name: to, link: found && linkByPath(found), original_name: source.original_name },
      ...{ mime: source.mime, bytes: source.bytes, sha256: source.sha256 },
      ...{ cache_control: said.cache_control, details: said.details },
    },
    said.scanned_at,
  );
}

async function rename(tx: Tx, source: FileFacts, to: ObjectName): Promise<void> {
  if (!(await lockIfUnused(tx, source.id))) throw new StorageRefusal('inUse');
  const found = placeOfObject(to);
  const link = found && linkByPath(found);
  await tx.query('update files set path = $2, linked_table = $3, linked_id = $4 where id = $1', [
    source.id,
    to.path,
    link?.table ?? null,
    link?.id ?? null,
  ]);
}
