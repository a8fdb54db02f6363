import { constants, createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { ObjectStore, StoredObject } from './object-store.ts';

/** Objects as files under one folder; `put` renames, so the finished file must lie on the same disk. */
export function diskStore(root: string): ObjectStore {
  const base = resolve(root);
  const locate = (key: string): string => {
    const path = join(base, key);
    if (!path.startsWith(base + sep) || path.includes('\0')) throw new Error('object key leaves the folder');
    return path;
  };
  return {
    async put(key, finishedFile) {
      const target = locate(key);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await syncToDisk(finishedFile);
      await rename(finishedFile, target);
      await syncToDisk(dirname(target));
    },
    async copy(from, to) {
      const target = locate(to);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      // Objects never change, so two names for the same bytes are as good as two copies.
      await link(locate(from), target).catch(async (error: NodeJS.ErrnoException) => {
        if (!unlinkable.has(error.code)) throw error;
        await copyFile(locate(from), target, constants.COPYFILE_EXCL);
        await syncToDisk(target);
      });
      await syncToDisk(dirname(target));
    },
    size: async (key) => (await statIfThere(locate(key)))?.size ?? null,
    read: (key, range) => createReadStream(locate(key), range),
    remove: (key) => rm(locate(key), { force: true }),
    list: (prefix) => listFolder(base, locate(prefix)),
  };
}

/** Disks that know no second names for a file. */
const unlinkable = new Set<string | undefined>(['EPERM', 'EXDEV', 'ENOTSUP', 'ENOSYS', 'EMLINK']);

async function* listFolder(base: string, folder: string): AsyncGenerator<StoredObject> {
  const entries = await opendir(folder, { recursive: true }).catch(nullIfAbsent);
  if (!entries) return;
  for await (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await statIfThere(path);
    if (found) yield { key: relative(base, path).split(sep).join('/'), modified: found.mtime };
  }
}

const statIfThere = (path: string) => stat(path).catch(nullIfAbsent);

function nullIfAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** A row may say `ready` only when the bytes survive a power cut, so file and folder are flushed before and after the rename. */
async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
