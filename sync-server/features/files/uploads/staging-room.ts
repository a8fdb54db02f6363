import { readdir } from 'node:fs/promises';
import { AppError } from '../../../http/errors.ts';
import type { Storage } from '../storage.ts';

/** Uploads one person may have under way or waiting for their rows; a device sends its files one after the other. */
const openUploads = 40;

/** Refuses to hold more of one person than a device can need. Names in the staging folder begin with their owner's id. */
export async function checkRoom({ staging }: Storage, owner: string): Promise<void> {
  const open = (await readdir(staging)).filter((name) => name.startsWith(`${owner}_`) && !name.endsWith('.json'));
  if (open.length >= openUploads) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfter: 600 });
}
