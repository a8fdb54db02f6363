import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileConfigstore } from '@tus/file-store';
import type { Deps } from '../../../deps.ts';
import type { Storage } from '../storage.ts';
import { settleUpload } from './settle-upload.ts';
import { stagedUpload, type StagedUpload } from './staged-upload.ts';

/** Uploads that are whole while their row is still on its way, or while the virus scanner cannot be asked. */
export type WaitingUploads = { add(upload: StagedUpload): void; close(): Promise<void> };

/** How soon a row that arrived is met with its bytes. */
const everyMs = 500;
/** How soon a virus scanner that was away is asked again. */
const scannerPauseMs = 15_000;

/** Looks for the rows of waiting uploads and settles those whose row has come; uploads an earlier process left are found again. */
export function waitForRows(deps: Deps, storage: Storage): WaitingUploads {
  const waiting = new Map<string, { upload: StagedUpload; notBefore: number }>();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const look = async (): Promise<void> => {
    const due = [...waiting].filter(([, { notBefore }]) => notBefore <= Date.now());
    if (due.length === 0) return;
    const ids = due.map(([, { upload }]) => upload.fileId);
    const { rows } = await deps.server.query<{ id: string }>('select id from files where id = any ($1)', [ids]);
    const arrived = new Set(rows.map(({ id }) => id));
    for (const [key, { upload }] of due) {
      if (!arrived.has(upload.fileId)) continue;
      const became = await settleUpload(deps, storage, upload).catch((error: unknown) =>
        deps.log.info({ err: error }, 'upload refused'),
      );
      if (became === 'waiting') waiting.set(key, { upload, notBefore: Date.now() + scannerPauseMs });
      else waiting.delete(key);
    }
  };
  let running: Promise<void> = Promise.resolve();
  const schedule = (): void => {
    if (timer || closed || waiting.size === 0) return;
    timer = setTimeout(() => {
      timer = null;
      running = look()
        .catch((error: unknown) => deps.log.warn({ err: error }, 'waiting uploads could not be looked up'))
        .then(schedule);
    }, everyMs);
    timer.unref();
  };
  const add = (upload: StagedUpload): void => {
    // Keyed by owner too: somebody else's upload under the same file id must not push this one out.
    waiting.set(`${upload.owner} ${upload.fileId}`, { upload, notBefore: 0 });
    schedule();
  };
  running = findWhole(storage)
    .then((uploads) => uploads.forEach(add))
    .catch((error: unknown) => deps.log.warn({ err: error }, 'earlier uploads could not be read'));

  return {
    add,
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}

/** Another process may have settled it since the folder was listed; the rest is ours to find all the same. */
async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found?.size ?? null;
}

/** Staged uploads of which every byte is there. */
async function findWhole(storage: Storage): Promise<StagedUpload[]> {
  const configs = new FileConfigstore(storage.staging);
  const whole: StagedUpload[] = [];
  const names = await readdir(storage.staging).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const id of names.filter((name) => !name.endsWith('.json'))) {
    const upload = await configs.get(id);
    if (upload && upload.size === (await sizeOf(join(storage.staging, id)))) whole.push(stagedUpload(storage, upload));
  }
  // Those that await no row are finished when their uploader asks for them, so that the right is asked again.
  return whole.filter(({ awaitsRow }) => awaitsRow);
}
