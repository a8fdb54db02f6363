import { expect, test } from 'vitest';
import * as tus from 'tus-js-client';
import { pdfBytes } from '../../testing/files-stage.ts';
import { openStorageForTests, stage, ayesha, workOf, folder, bytesOf } from './storage-js.fixture.ts';

openStorageForTests();

test('a resumable upload that no device announced makes its own row', async () => {
  const bytes = pdfBytes(900_000);
  const objectName = `${folder(5)}/large plan.pdf`;
  const send = (headers: Record<string, string> = {}) =>
    new Promise<void>((resolve, reject) => {
      new tus.Upload(bytes, {
        endpoint: `${stage.app.url}/storage/v1/upload/resumable`,
        headers: { authorization: `Bearer ${ayesha.session.access_token}`, ...headers },
        metadata: {
          bucketName: 'assignment-submissions',
          objectName,
          contentType: 'application/pdf',
          cacheControl: '3600',
          metadata: JSON.stringify({ part: 1 }),
        },
        chunkSize: 400_000,
        removeFingerprintOnSuccess: true,
        retryDelays: null,
        onSuccess: () => resolve(),
        onError: reject,
      }).start();
    });
  await send();
  expect((await bytesOf(ayesha, 'assignment-submissions', objectName)).equals(bytes)).toBe(true);
  expect((await workOf(ayesha).info(objectName)).data!.metadata).toEqual({ part: 1 });
  await expect(send()).rejects.toThrow('409');
  await send({ 'x-upsert': 'true' });
});

test('a resumable upload is paused, found again and finished, or taken back', async () => {
  const bytes = pdfBytes(1_500_000);
  const known = new Map<string, tus.PreviousUpload>();
  const urlStorage: tus.UrlStorage = {
    findAllUploads: async () => [...known.values()],
    findUploadsByFingerprint: async (fingerprint) =>
      [...known.values()].filter((one) => one.urlStorageKey.startsWith(fingerprint)),
    removeUpload: async (key) => void known.delete(key),
    addUpload: async (fingerprint, upload) => {
      known.set(fingerprint, { ...upload, urlStorageKey: fingerprint });
      return fingerprint;
    },
  };
  const objectName = `${folder(9)}/long.pdf`;
  const uploadOf = (name: string, more: Partial<tus.UploadOptions>) =>
    new tus.Upload(bytes, {
      endpoint: `${stage.app.url}/storage/v1/upload/resumable`,
      headers: { authorization: `Bearer ${ayesha.session.access_token}` },
      metadata: { bucketName: 'assignment-submissions', objectName: name, contentType: 'application/pdf' },
      chunkSize: 500_000,
      urlStorage,
      fingerprint: async () => name,
      removeFingerprintOnSuccess: true,
      retryDelays: null,
      ...more,
    });
  const untilFirstPiece = (name: string, terminate: boolean) =>
    new Promise<string>((resolve, reject) => {
      const upload = uploadOf(name, {
        onError: reject,
        onChunkComplete: () => void upload.abort(terminate).then(() => resolve(upload.url!), reject),
      });
      upload.start();
    });
  const headers = { authorization: `Bearer ${ayesha.session.access_token}`, 'tus-resumable': '1.0.0' };
  const offsetAt = async (url: string) => {
    const answer = await fetch(url, { method: 'HEAD', headers });
    return answer.ok ? Number(answer.headers.get('upload-offset')) : answer.status;
  };

  expect(await offsetAt(await untilFirstPiece(objectName, false))).toBe(500_000);
  const sent: number[] = [];
  await new Promise<void>((resolve, reject) => {
    const upload = uploadOf(objectName, {
      onSuccess: () => resolve(),
      onError: reject,
      onChunkComplete: (size) => void sent.push(size),
    });
    void upload.findPreviousUploads().then((earlier) => {
      expect(earlier).toHaveLength(1);
      upload.resumeFromPreviousUpload(earlier[0]!);
      upload.start();
    }, reject);
  });
  expect(sent).toEqual([500_000, 500_000]);
  expect((await bytesOf(ayesha, 'assignment-submissions', objectName)).equals(bytes)).toBe(true);

  const takenBack = `${folder(9)}/taken-back.pdf`;
  expect([404, 410]).toContain(await offsetAt(await untilFirstPiece(takenBack, true)));
  expect((await workOf(ayesha).exists(takenBack)).data).toBe(false);
  expect((await workOf(ayesha).exists(objectName)).data).toBe(true);
});
