import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Storage } from '../storage.ts';

/** Bytes that nobody goes on with are forgotten after this (workflows 3.36). */
export const uploadLifeMs = 48 * 3600 * 1000;

/**
 * Deletes what has been lying in the staging folder untouched for longer than an upload lives: given-up uploads, notes of
 * finished ones, leftovers of a killed process. Answers how many files went.
 */
export async function sweepUploads({ staging }: Storage, now: Date): Promise<number> {
  let swept = 0;
  for (const name of await readdir(staging).catch(emptyWhenAbsent)) {
    const path = join(staging, name);
    const found = await stat(path).catch(nullWhenAbsent);
    if (!found || now.getTime() - found.mtimeMs <= uploadLifeMs) continue;
    await rm(path, { force: true });
    swept += 1;
  }
  return swept;
}

/** The folder comes with the first upload, and another process may sweep at the same time. */
function nullWhenAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
const emptyWhenAbsent = (error: NodeJS.ErrnoException): string[] => nullWhenAbsent(error) ?? [];
