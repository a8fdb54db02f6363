import { createDecipheriv } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { KeepMedia } from '#desktop/index.ts';

const block = 16;

/**
 * The plain bytes `start`..`end` (inclusive) of a kept file. AES-256 in counter mode: any block can be opened alone by adding
 * its number to the initial counter, so seeking never reads from the beginning.
 */
export function decryptRange(file: string, manifest: KeepMedia, start: number, end: number): Readable {
  const firstBlock = Math.floor(start / block);
  const skip = start - firstBlock * block;
  const counter = addToCounter(Buffer.from(manifest.iv, 'base64'), firstBlock);
  const decipher = createDecipheriv('aes-256-ctr', Buffer.from(manifest.content_key, 'base64'), counter);
  // Runs the key stream past the bytes before `start` that share its first block.
  if (skip > 0) decipher.update(Buffer.alloc(skip));
  const source = createReadStream(file, { start, end });
  source.on('error', (error) => decipher.destroy(error));
  return source.pipe(decipher);
}

/** The 128-bit big-endian counter plus `blocks`. */
export function addToCounter(iv: Buffer, blocks: number): Buffer {
  const sum = (BigInt(`0x${iv.toString('hex')}`) + BigInt(blocks)) & ((1n << 128n) - 1n);
  return Buffer.from(sum.toString(16).padStart(32, '0'), 'hex');
}
