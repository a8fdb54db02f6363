import { createHash } from 'node:crypto';
import { v5 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { naturalId, naturalIdNamespace, sha1 } from './natural-id.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('sha1', () => {
  it('gives the published digests', () => {
    expect(hex(sha1(new TextEncoder().encode('')))).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
    expect(hex(sha1(new TextEncoder().encode('abc')))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  });

  it('agrees with the platform at every length around the block border', () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 0xff);
      expect(hex(sha1(bytes))).toBe(createHash('sha1').update(bytes).digest('hex'));
    }
  });
});

describe('naturalId', () => {
  it('is the UUIDv5 of the table and its key in our namespace', () => {
    const key = ['018f3c1e-0000-7000-8000-000000000001', '018f3c1e-0000-7000-8000-000000000002'];
    expect(naturalId('recording_views', ...key)).toBe(v5(['recording_views', ...key].join(':'), naturalIdNamespace));
  });

  it('reads the key as UTF-8', () => {
    expect(naturalId('onboarding_responses', 'ارے', '100 % é')).toBe(
      v5('onboarding_responses:ارے:100 % é', naturalIdNamespace),
    );
  });

  it('differs by table and by order', () => {
    expect(naturalId('user_unlocks', 'a', 'b')).not.toBe(naturalId('recording_views', 'a', 'b'));
    expect(naturalId('user_unlocks', 'a', 'b')).not.toBe(naturalId('user_unlocks', 'b', 'a'));
  });
});
