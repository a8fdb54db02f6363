import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startS3StandIn, type S3StandIn } from '../../testing/s3-stand-in.ts';
import { diskStore } from './disk-store.ts';
import type { ObjectStore } from './object-store.ts';
import { s3Store } from './s3/s3-store.ts';
import { s3SettingsOf } from './storage.ts';

/** Both stores do the same; what only one of them can get wrong stands below. */

let folder: string;
let s3: S3StandIn;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'object-store-'));
  s3 = await startS3StandIn({ pageSize: 3 });
});
afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true });
});

async function finished(bytes: Buffer): Promise<string> {
  const file = join(folder, randomUUID());
  await writeFile(file, bytes);
  return file;
}
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.each<[string, () => ObjectStore]>([
  ['disk', () => diskStore(folder)],
  ['S3', () => s3Store(s3SettingsOf(s3.env)!)],
])('%s', (_name, open) => {
  let store: ObjectStore;
  beforeEach(() => {
    store = open();
  });

  test('keeps what it was given, whole and in part', async () => {
    const bytes = randomBytes(200_000);
    const file = await finished(bytes);
    await store.put('objects/a/00/one', file);
    expect(existsSync(file)).toBe(false);
    expect(await store.size('objects/a/00/one')).toBe(200_000);
    expect((await buffer(store.read('objects/a/00/one'))).equals(bytes)).toBe(true);
    const part = await buffer(store.read('objects/a/00/one', { start: 10, end: 1009 }));
    expect(part.equals(bytes.subarray(10, 1010))).toBe(true);
  });

  test('copies and removes', async () => {
    const bytes = randomBytes(1000);
    await store.put('objects/b/one', await finished(bytes));
    await store.copy('objects/b/one', 'objects/b/deep/two');
    await store.remove('objects/b/one');
    await store.remove('objects/b/one');
    expect(await store.size('objects/b/one')).toBeNull();
    expect((await buffer(store.read('objects/b/deep/two'))).equals(bytes)).toBe(true);
    await expect(store.copy('objects/b/none', 'objects/b/three')).rejects.toThrow();
    await expect(buffer(store.read('objects/b/one'))).rejects.toThrow();
  });

  test('lists everything below a prefix, however much it is', async () => {
    const keys = ['c/1', 'c/2', 'c/3/x', 'c/3/y', 'c/4', 'c/5', 'cc/1'].map((name) => `objects/${name}`);
    for (const key of keys) await store.put(key, await finished(Buffer.from(key)));
    const found: string[] = [];
    for await (const { key, modified } of store.list('objects/c/')) {
      expect(Math.abs(Date.now() - modified.getTime())).toBeLessThan(60_000);
      found.push(key);
    }
    expect(found.toSorted()).toEqual(keys.slice(0, 6));
    for await (const object of store.list('objects/nothing/')) expect(object).toBeUndefined();
  });
});

describe('disk', () => {
  test.each(['../x', 'a/../../x', 'a\0'])('keeps to its folder: %j', async (key) => {
    const store = diskStore(join(folder, 'inner'));
    await expect(async () => store.size(key)).rejects.toThrow('leaves the folder');
  });

  test('a copy is not touched when its first one is written again', async () => {
    const store = diskStore(folder);
    await store.put('d/one', await finished(Buffer.from('first')));
    await store.copy('d/one', 'd/two');
    await store.put('d/one', await finished(Buffer.from('second')));
    expect((await buffer(store.read('d/two'))).toString()).toBe('first');
  });
});

describe('S3', () => {
  const open = () => s3Store(s3SettingsOf(s3.env)!);

  test('takes a large file in parts, and gives them up when one is refused', async () => {
    const store = s3Store(s3SettingsOf(s3.env)!, 16_384);
    const bytes = randomBytes(40_000);
    s3.asked.length = 0;
    await store.put('large', await finished(bytes));
    expect(s3.asked.map((line) => line.replace(/uploadId=[\w-]+/, 'uploadId=ID'))).toEqual([
      'POST /large?uploads=',
      'PUT /large?partNumber=1&uploadId=ID',
      'PUT /large?partNumber=2&uploadId=ID',
      'PUT /large?partNumber=3&uploadId=ID',
      'POST /large?uploadId=ID',
    ]);
    expect(digest(s3.objects.get('large')!.bytes)).toBe(digest(bytes));
    const file = await finished(bytes);
    const refused = store.put('refused', file);
    s3.failNext(200, 403);
    await expect(refused).rejects.toThrow('S3');
    expect(existsSync(file)).toBe(true);
    expect([s3.objects.has('refused'), s3.openUploads()]).toEqual([false, 0]);
  });

  test('asks again when the service is busy or the line breaks, and not when it is refused', async () => {
    const store = open();
    s3.failNext(503, 0, 500);
    await store.put('patient', await finished(Buffer.from('x')));
    expect(s3.objects.get('patient')!.bytes.toString()).toBe('x');
    s3.failNext(403);
    await expect(store.size('patient')).rejects.toThrow('S3 answered 403');
    s3.failNext(503, 503, 503, 503);
    await expect(store.size('patient')).rejects.toThrow('S3 answered 503');
  });

  test.each([
    ['another key', { S3_SECRET_ACCESS_KEY: 'guess' }],
    ['another account', { S3_ACCESS_KEY_ID: 'AKIAOTHER' }],
    ['another region', { S3_REGION: 'us-east-1' }],
  ])('is not let in with %s, and says no secret', async (_what, wrong) => {
    const store = s3Store(s3SettingsOf({ ...s3.env, ...wrong })!);
    const error = (await store.size('patient').catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toBe('S3 answered 403 to HEAD: no code');
  });

  test('signs names with every letter a key may have', async () => {
    const store = open();
    const key = "objects/a b/ü+&=!'()*~@,;.txt";
    await store.put(key, await finished(Buffer.from('x')));
    expect(await store.size(key)).toBe(1);
    await store.copy(key, `${key}2`);
    expect(s3.objects.has(`${key}2`)).toBe(true);
  });
});
