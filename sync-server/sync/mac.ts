import { hash } from 'node:crypto';

/** HMAC-SHA256 of a text under one key. */
export type Mac = (text: string) => Buffer;

const blockBytes = 64;

/**
 * HMAC-SHA256 (RFC 2104) made of two hashes in one call each. What Node's `createHmac` answers is the same, but each of its objects
 * has to be collected with what it holds outside of V8: 12 µs for each of a thousand streams that a change goes to, for 3 µs here.
 */
export function createMac(key: Uint8Array): Mac {
  const padded = Buffer.alloc(blockBytes);
  padded.set(key.length > blockBytes ? hash('sha256', key, 'buffer') : key);
  const inner = padded.map((byte) => byte ^ 0x36);
  const outer = Buffer.concat([padded.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]);
  return (text) => {
    outer.set(hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer'), blockBytes);
    return hash('sha256', outer, 'buffer');
  };
}
