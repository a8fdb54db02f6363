import type { Locker, Upload } from '@tus/server';
import type { Deps } from '../../../deps.ts';
import type { Storage } from '../storage.ts';
import { settleUpload } from './settle-upload.ts';
import { stagedUpload } from './staged-upload.ts';
import { parseUploadId } from './upload-id.ts';
import { checkStillSignedIn, checkUpload, type Uploader } from './upload-right.ts';
import type { WaitingUploads } from './waiting-uploads.ts';

/** Brings resumable uploads whose last byte has arrived to their end, one request at a time across all processes. */
export function finisher(deps: Deps, storage: Storage, locker: Locker, waiting: WaitingUploads) {
  const isFinished = async (id: string): Promise<boolean> => {
    const key = parseUploadId(id);
    if (!key) return false;
    const { rowCount } = await deps.server.query(
      "select from files where id = $1 and owner_id = $2 and status = 'ready'",
      [key.fileId, key.owner],
    );
    return rowCount === 1;
  };

  /** The right is asked again: an upload may have taken days. */
  const finish = async (uploader: Uploader, upload: Pick<Upload, 'id' | 'metadata' | 'size'>): Promise<void> => {
    await checkStillSignedIn(deps, uploader);
    const staged = stagedUpload(storage, upload);
    const lock = locker.newLock(`finish ${upload.id}`);
    await lock.lock(AbortSignal.timeout(finishMs), () => undefined);
    try {
      if (await isFinished(upload.id)) return;
      const { name, upsert, awaitsRow } = staged;
      await checkUpload(deps, uploader, name, { bytes: upload.size ?? null, upsert, awaitsRow });
      if ((await settleUpload(deps, storage, staged)) === 'waiting') waiting.add(staged);
    } finally {
      await lock.unlock();
    }
  };
  return { finish, isFinished };
}

/** How long a request waits for another one that is settling the same upload. */
const finishMs = 30_000;
