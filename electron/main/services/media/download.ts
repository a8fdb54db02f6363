import { createHash } from 'node:crypto';
import { open, rename, stat, statfs, truncate } from 'node:fs/promises';
import type { KeepMedia, MediaState } from '#desktop/index.ts';

/** Media is checked and resumed in pieces of this many bytes; the server hashes the same pieces. */
export const chunkBytes = 4 * 1024 * 1024;
/** Below this much free space nothing is downloaded any more. */
const keepFree = 1024 ** 3;

export type DownloadError = NonNullable<MediaState['error']>;
export class DownloadFailure extends Error {
  readonly code: DownloadError;
  constructor(code: DownloadError) {
    super(code);
    this.code = code;
  }
}

/**
 * Fetches the ciphertext into `partial`, resuming after the last whole chunk that checks out, and renames it to `whole` once
 * every chunk's hash agrees. Throws DownloadFailure; a failed file stays resumable.
 */
export async function download(
  manifest: KeepMedia,
  files: { partial: string; whole: string },
  { fetch, signal, onBytes }: { fetch: typeof globalThis.fetch; signal: AbortSignal; onBytes: (bytes: number) => void },
): Promise<void> {
  const file = await open(files.partial, 'a+');
  try {
    let have = Math.floor((await file.stat()).size / chunkBytes) * chunkBytes;
    have = await checkedLength(file, manifest, have);
    await truncate(files.partial, have);
    await requireSpace(files.partial, manifest.bytes - have);
    onBytes(have);
    if (have < manifest.bytes) await fetchRest(file, manifest, have, { fetch, signal, onBytes });
    await file.sync();
    if ((await checkedLength(file, manifest, manifest.bytes)) !== manifest.bytes) {
      await truncate(files.partial, 0);
      throw new DownloadFailure('checksum');
    }
  } finally {
    await file.close();
  }
  await rename(files.partial, files.whole);
}

type Handle = Awaited<ReturnType<typeof open>>;

async function fetchRest(
  file: Handle,
  manifest: KeepMedia,
  from: number,
  { fetch, signal, onBytes }: { fetch: typeof globalThis.fetch; signal: AbortSignal; onBytes: (bytes: number) => void },
): Promise<void> {
  const response = await fetch(manifest.url, { headers: { range: `bytes=${from}-` }, signal }).catch(() => {
    throw new DownloadFailure('network');
  });
  if (response.status === 404 || response.status === 410) throw new DownloadFailure('gone');
  if (response.status === 401 || response.status === 403) throw new DownloadFailure('refused');
  // A server that ignores the range would make us append the beginning again.
  if (response.status !== 206 && !(response.status === 200 && from === 0)) throw new DownloadFailure('network');
  if (!response.body) throw new DownloadFailure('network');
  let have = from;
  try {
    for await (const piece of response.body) {
      have += piece.byteLength;
      if (have > manifest.bytes) throw new DownloadFailure('checksum');
      await file.write(piece);
      onBytes(have);
    }
  } catch (error) {
    if (error instanceof DownloadFailure) throw error;
    throw new DownloadFailure((error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'space' : 'network');
  }
  if (have !== manifest.bytes) throw new DownloadFailure('network');
}

/** How many bytes from the start agree with the manifest, in whole chunks (the last may be short). */
async function checkedLength(file: Handle, manifest: KeepMedia, length: number): Promise<number> {
  const buffer = Buffer.alloc(chunkBytes);
  let good = 0;
  for (const expected of manifest.chunk_sha256) {
    const size = Math.min(chunkBytes, manifest.bytes - good, length - good);
    if (size <= 0) break;
    const { bytesRead } = await file.read(buffer, 0, size, good);
    if (bytesRead < size || hash(buffer.subarray(0, size)) !== expected) break;
    good += size;
  }
  return good;
}

async function requireSpace(file: string, needed: number): Promise<void> {
  await stat(file);
  const { bavail, bsize } = await statfs(file);
  if (bavail * bsize - needed < keepFree) throw new DownloadFailure('space');
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
