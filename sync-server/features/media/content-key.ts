import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What a lesson's file is encrypted with: AES-256-CTR, so that any byte range can be read alone. */
export type ContentKey = { key: Buffer; iv: Buffer };

/** A fresh key for every stored file: one key and counter must never meet two different files. */
export const newContentKey = (): ContentKey => ({ key: randomBytes(32), iv: randomBytes(16) });

const lengths = { nonce: 12, tag: 16, key: 32 };

/** Seals a content key for its row; bound to the lesson, so that it opens nowhere else. */
export function sealContentKey(serverKey: Buffer, lessonId: string, { key, iv }: ContentKey): Buffer {
  const nonce = randomBytes(lengths.nonce);
  const cipher = createCipheriv('aes-256-gcm', serverKey, nonce).setAAD(Buffer.from(lessonId));
  const sealed = Buffer.concat([cipher.update(Buffer.concat([key, iv])), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Throws when the sealed key was changed or belongs to another lesson. */
export function openContentKey(serverKey: Buffer, lessonId: string, sealed: Buffer): ContentKey {
  const bodyAt = lengths.nonce + lengths.tag;
  const decipher = createDecipheriv('aes-256-gcm', serverKey, sealed.subarray(0, lengths.nonce))
    .setAAD(Buffer.from(lessonId))
    .setAuthTag(sealed.subarray(lengths.nonce, bodyAt));
  const open = Buffer.concat([decipher.update(sealed.subarray(bodyAt)), decipher.final()]);
  return { key: open.subarray(0, lengths.key), iv: open.subarray(lengths.key) };
}
