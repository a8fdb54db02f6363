import { request as httpRequest } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import * as tus from 'tus-js-client';
import { startServer } from '../../../testing/api-client.ts';
import {
  createUpload,
  offsetOf,
  patchUpload,
  pdfBytes,
  pushRow,
  sha256,
  statusOf,
  tusHeaders,
} from '../../../testing/files-stage.ts';
import { openUploadsForTests, stage, ayesha, announceWork, readBack } from './uploads.fixture.ts';

openUploadsForTests();

describe('a resumable upload', () => {
  test('sent whole by tus-js-client becomes the file of its row', async () => {
    const bytes = pdfBytes(2_000_000);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    await new Promise<void>((resolve, reject) => {
      new tus.Upload(bytes, {
        endpoint: `${stage.app.url}/storage/v1/upload/resumable`,
        headers: { authorization: `Bearer ${ayesha.session.access_token}` },
        metadata: { bucketName: file.bucket, objectName: file.path, contentType: 'application/pdf', fileId: file.id },
        chunkSize: 600_000,
        uploadDataDuringCreation: true,
        removeFingerprintOnSuccess: true,
        retryDelays: null,
        onSuccess: () => resolve(),
        onError: reject,
      }).start();
    });
    expect(await statusOf(stage, file.id)).toBe('ready');
    expect(sha256(await readBack(ayesha, file))).toBe(file.row['sha256']);
  });

  test('goes on after a cut connection', async () => {
    const bytes = pdfBytes(900_000);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    const created = await createUpload(stage.app, ayesha, file, bytes.length);
    expect(created.status).toBe(201);
    const location = created.headers.get('location')!;

    await new Promise<void>((resolve) => {
      const half = httpRequest(new URL(location, stage.app.url), {
        method: 'PATCH',
        headers: {
          ...tusHeaders(ayesha),
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream',
          'content-length': bytes.length,
        },
      });
      half.on('error', () => resolve());
      half.write(bytes.subarray(0, 400_000), () => half.destroy(new Error('cut')));
    });
    const { status, offset } = await offsetOf(stage.app, ayesha, location);
    expect(status).toBe(200);
    expect(offset).toBeLessThanOrEqual(400_000);

    // What the cut connection had already carried may still be on its way to the disk: a client that is told 409 asks again.
    await vi.waitFor(
      async () => {
        const from = (await offsetOf(stage.app, ayesha, location)).offset;
        expect((await patchUpload(stage.app, ayesha, location, from, bytes.subarray(from))).status).toBe(204);
      },
      { timeout: 15_000, interval: 50 },
    );
    expect(await statusOf(stage, file.id)).toBe('ready');
    expect((await readBack(ayesha, file)).equals(bytes)).toBe(true);
  });

  test('goes on after the server was started again', async () => {
    const bytes = pdfBytes(300_000);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    const location = (await createUpload(stage.app, ayesha, file, bytes.length)).headers.get('location')!;
    await patchUpload(stage.app, ayesha, location, 0, bytes.subarray(0, 100_000));

    const second = await startServer(stage.database, { env: { FILES_DIR: stage.app.deps.config.FILES_DIR } });
    expect(await offsetOf(second, ayesha, location)).toEqual({ status: 200, offset: 100_000 });
    expect((await patchUpload(second, ayesha, location, 100_000, bytes.subarray(100_000))).status).toBe(204);
    expect(await statusOf(stage, file.id)).toBe('ready');
    await second.close();
  });

  test('answers that it is complete when its last answer was lost', async () => {
    const bytes = pdfBytes(50_000);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    const location = (await createUpload(stage.app, ayesha, file, bytes.length)).headers.get('location')!;
    await patchUpload(stage.app, ayesha, location, 0, bytes);
    expect(await offsetOf(stage.app, ayesha, location)).toEqual({ status: 200, offset: 50_000 });
    // A device that lost even the address starts again; nothing is doubled and nothing replaced.
    const again = (await createUpload(stage.app, ayesha, file, bytes.length)).headers.get('location')!;
    expect((await patchUpload(stage.app, ayesha, again, 0, bytes)).status).toBe(409);
    expect((await readBack(ayesha, file)).equals(bytes)).toBe(true);
  });

  test('whose row comes later waits for it, also over a restart', async () => {
    const bytes = pdfBytes(20_000);
    const [soon, later] = [announceWork(bytes), announceWork(bytes)];
    for (const file of [soon, later]) {
      const location = (await createUpload(stage.app, ayesha, file, bytes.length)).headers.get('location')!;
      expect((await patchUpload(stage.app, ayesha, location, 0, bytes)).status).toBe(204);
    }
    expect(await statusOf(stage, soon.id)).toBeUndefined();
    await pushRow(stage, soon);
    await vi.waitFor(async () => expect(await statusOf(stage, soon.id)).toBe('ready'), 5000);

    const second = await startServer(stage.database, { env: { FILES_DIR: stage.app.deps.config.FILES_DIR } });
    await pushRow(stage, later);
    await vi.waitFor(async () => expect(await statusOf(stage, later.id)).toBe('ready'), 5000);
    await second.close();
  });

  test('is written by one request at a time, across two servers', async () => {
    const bytes = pdfBytes(1_000_000);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    const second = await startServer(stage.database, { env: { FILES_DIR: stage.app.deps.config.FILES_DIR } });
    const location = (await createUpload(stage.app, ayesha, file, bytes.length)).headers.get('location')!;
    const answers = await Promise.all(
      [stage.app, second, stage.app, second].map((app) => patchUpload(app, ayesha, location, 0, bytes)),
    );
    expect(answers.filter(({ status }) => status === 204).length).toBeGreaterThanOrEqual(1);
    expect(await statusOf(stage, file.id)).toBe('ready');
    expect((await readBack(ayesha, file)).equals(bytes)).toBe(true);
    await second.close();
  });
});

test("answers the app's own pages, and no other, across origins", async () => {
  const ask = (origin: string) =>
    fetch(`${stage.app.url}/storage/v1/upload/resumable`, {
      method: 'POST',
      headers: { ...tusHeaders(ayesha), origin },
    });
  expect((await ask('app://growthos')).headers.get('access-control-allow-origin')).toBe('app://growthos');
  expect((await ask('https://elsewhere.example')).headers.get('access-control-allow-origin')).toBeNull();
});

test('says what it speaks, and answers a preflight on the way', async () => {
  const url = `${stage.app.url}/storage/v1/upload/resumable`;
  const told = await fetch(url, { method: 'OPTIONS' });
  expect(told.status).toBe(204);
  expect(Object.fromEntries(told.headers)).toMatchObject({
    'tus-resumable': '1.0.0',
    'tus-version': '1.0.0',
    'tus-extension': 'creation,creation-with-upload,expiration,termination',
    'tus-max-size': String(50 * 1024 * 1024),
  });
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin: 'app://growthos', 'access-control-request-method': 'PATCH' },
  });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, 'app://growthos']);
  expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
});

test('an upload that was given up is forgotten at once, and expires by itself', async () => {
  const file = announceWork(pdfBytes(1000));
  const created = await createUpload(stage.app, ayesha, file, 1000);
  const expires = new Date(created.headers.get('upload-expires')!).getTime() - Date.now();
  expect(Math.abs(expires - 48 * 3600 * 1000)).toBeLessThan(60_000);
  const location = created.headers.get('location')!;
  const ended = await fetch(new URL(location, stage.app.url), { method: 'DELETE', headers: tusHeaders(ayesha) });
  expect(ended.status).toBe(204);
  expect((await offsetOf(stage.app, ayesha, location)).status).toBe(404);
});
