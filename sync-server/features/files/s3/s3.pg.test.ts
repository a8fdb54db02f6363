import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type Client, type TestServer } from '../../../testing/api-client.ts';
import {
  announce,
  createUpload,
  openStage,
  patchUpload,
  pdfBytes,
  pushRow,
  statusOf,
  type Stage,
} from '../../../testing/files-stage.ts';
import { seedDemo } from '../../../seed/index.ts';
import { createTestDatabase } from '../../../testing/test-database.ts';
import { startS3StandIn, type S3StandIn } from '../../../testing/s3-stand-in.ts';
import { storeLessonMedia } from '../../media/index.ts';
import { objectKey } from '../object-store.ts';
import { openStorage } from '../storage.ts';
import { sweepFiles } from '../sweep-files.ts';

/** The whole of storage with its bytes in S3. */

let stage: Stage;
let s3: S3StandIn;
let app: TestServer;
let ayesha: Client;
beforeAll(async () => {
  [stage, s3] = [await openStage(), await startS3StandIn()];
  app = await startServer(stage.database, { env: s3.env });
  ayesha = await app.signIn(stage.ayesha.email, 'a calm river at dawn');
});
afterAll(async () => {
  await app.close();
  await s3.close();
  await stage.close();
});

const folder = () => `${stage.ayesha.id}/${stage.assignment}/1`;
const bucket = () => ayesha.supabase.storage.from('assignment-submissions');
const bytes = pdfBytes(300_000);

test('a file is brought, read in parts, copied and removed; its name never reaches the bucket', async () => {
  const { data, error } = await bucket().upload(`${folder()}/plan.pdf`, bytes, { contentType: 'application/pdf' });
  expect(error).toBeNull();
  expect([...s3.objects.keys()]).toEqual([objectKey('assignment-submissions', data!.id)]);
  const part = await ayesha.call('GET', `/storage/v1/object/assignment-submissions/${folder()}/plan.pdf`, undefined, {
    range: 'bytes=1000-1999',
  });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1000-1999/300000']);
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1000, 2000))).toBe(true);
  expect((await bucket().copy(`${folder()}/plan.pdf`, `${folder()}/copy.pdf`)).error).toBeNull();
  expect((await bucket().remove([`${folder()}/plan.pdf`])).data).toHaveLength(1);
  expect(s3.objects.has(objectKey('assignment-submissions', data!.id))).toBe(false);
  const copy = await bucket().download(`${folder()}/copy.pdf`);
  expect(Buffer.from(await copy.data!.arrayBuffer()).equals(bytes)).toBe(true);
});

test('a resumable upload ends in the bucket; when S3 is away it may be finished later', async () => {
  const file = announce(stage.ayesha, stage.assignment, bytes);
  await pushRow(stage, file);
  const location = (await createUpload(app, ayesha, file, bytes.length)).headers.get('location')!;
  expect((await patchUpload(app, ayesha, location, 0, bytes.subarray(0, 100_000))).status).toBe(204);
  s3.failNext(503, 503, 503, 503);
  expect((await patchUpload(app, ayesha, location, 100_000, bytes.subarray(100_000))).status).toBe(500);
  expect(await statusOf(stage, file.id)).toBe('local');
  const head = await fetch(new URL(location, app.url), {
    method: 'HEAD',
    headers: { authorization: `Bearer ${ayesha.session.access_token}`, 'tus-resumable': '1.0.0' },
  });
  expect([head.status, head.headers.get('upload-offset')]).toEqual([200, String(bytes.length)]);
  expect(await statusOf(stage, file.id)).toBe('ready');
  expect(s3.objects.get(objectKey(file.bucket, file.id))!.bytes.equals(bytes)).toBe(true);
});

test('a recording plays from the bucket, where it is ciphertext', async () => {
  await storeLessonMedia(app.deps, stage.open, stage.clip.media, { mime: 'video/webm', durationSeconds: 10 });
  const answer = await ayesha.call('POST', '/functions/v1/lesson-media-url', { lesson_id: stage.open });
  const { url } = ((await answer.json()) as { data: { url: string } }).data;
  const played = await fetch(new URL(url, app.url));
  expect(Buffer.from(await played.arrayBuffer()).equals(stage.clip.bytes)).toBe(true);
  const stored = [...s3.objects].find(([key]) => key.startsWith('objects/lesson-media/'))!;
  expect(stored[1].bytes.includes(stage.clip.bytes.subarray(0, 64))).toBe(false);
});

test('a sweep finds what no row knows', async () => {
  const orphan = objectKey('attachments', randomUUID());
  s3.objects.set(orphan, { bytes: Buffer.from('x'), modified: new Date(0) });
  const before = s3.objects.size;
  expect((await sweepFiles(app.deps, openStorage(app.deps))).orphans).toBe(1);
  expect([s3.objects.has(orphan), s3.objects.size]).toEqual([false, before - 1]);
});

test('a demo academy is seeded into the bucket', async () => {
  const database = await createTestDatabase();
  const filesDir = await mkdtemp(join(tmpdir(), 'growth-os-s3-'));
  s3.objects.clear();
  await seedDemo(database.server, {
    students: 5,
    accountsPassword: () => 'a calm river at dawn',
    filesDir,
    storage: { FILES_DIR: filesDir, ...s3.env },
  });
  const { rows } = await database.server.query<{ id: string; bucket: string }>(
    "select id, bucket from files where status = 'ready'",
  );
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.filter(({ bucket: home, id }) => !s3.objects.has(objectKey(home, id)))).toEqual([]);
  expect(existsSync(join(filesDir, 'objects'))).toBe(false);
  await database.drop();
  await rm(filesDir, { recursive: true });
});
