import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { ByteRange } from './byte-range.ts';

/**
 * Where finished bytes lie. Small on purpose, so that S3 can stand behind it: a key is made by us, never by a person.
 * An object is written once and never changed.
 */
export type ObjectStore = {
  /** Takes over a finished local file as this object; it is whole under the key or not there at all. */
  put(key: string, finishedFile: string): Promise<void>;
  /** Size in bytes; null when there is no such object. */
  size(key: string): Promise<number | null>;
  read(key: string, range?: ByteRange): Readable;
  remove(key: string): Promise<void>;
};

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
    async size(key) {
      return stat(locate(key)).then(
        (found) => found.size,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return null;
          throw error;
        },
      );
    },
    read: (key, range) => createReadStream(locate(key), range),
    remove: (key) => rm(locate(key), { force: true }),
  };
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

/** The key of a file's bytes: made of our own ids only, so no name a person chose ever reaches the disk. */
export const objectKey = (bucket: string, fileId: string): string => `objects/${bucket}/${fileId.slice(-2)}/${fileId}`;
