import { createCipheriv, type Cipheriv } from 'node:crypto';
import type { ContentKey } from './content-key.ts';

const blockBytes = 16;

/**
 * AES-256-CTR from any byte of the file on; encrypting and decrypting are the same. The counter is the initial one plus the
 * number of 16-byte blocks before, as a 128-bit big-endian number that wraps.
 */
export function cipherFrom({ key, iv }: ContentKey, position: number): Cipheriv {
  const counter = (BigInt(`0x${iv.toString('hex')}`) + BigInt(Math.floor(position / blockBytes))) % (1n << 128n);
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.from(counter.toString(16).padStart(32, '0'), 'hex'));
  cipher.update(Buffer.alloc(position % blockBytes));
  return cipher;
}
