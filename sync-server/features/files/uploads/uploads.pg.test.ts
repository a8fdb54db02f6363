import { randomBytes, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as tus from 'tus-js-client';
import { startServer, type Client } from '../../../testing/api-client.ts';
import { createAssignment } from '../../../testing/people.ts';
import {
  announce,
  createUpload,
  offsetOf,
  openStage,
  patchUpload,
  pdfBytes,
  pushRow,
  sha256,
  statusOf,
  tusHeaders,
  type Announced,
  type Stage,
} from '../../../testing/files-stage.ts';

let stage: Stage;
let ayesha: Client;
let zain: Client;

beforeAll(async () => {
  stage = await openStage();
  ayesha = await stage.signIn(stage.ayesha);
  zain = await stage.signIn(stage.zain);
});
afterAll(() => stage.close());

const announceWork = (bytes: Uint8Array, ending?: string): Announced =>
  announce(stage.ayesha, stage.assignment, bytes, ending);

async function readBack(client: Client, file: Announced): Promise<Buffer> {
  const { data, error } = await client.supabase.storage.from(file.bucket).download(file.path);
  if (error) throw error;
  return Buffer.from(await data.arrayBuffer());
}

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

describe('refused', () => {
  test('a file whose bytes do not have the announced hash', async () => {
    const bytes = pdfBytes(30_000);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    const location = (await createUpload(stage.app, ayesha, file, bytes.length)).headers.get('location')!;
    const other = Buffer.from(bytes);
    other[20_000] = 98;
    const answer = await patchUpload(stage.app, ayesha, location, 0, other);
    expect(answer.status).toBe(410);
    expect(answer.headers.get('content-type')).toMatch(/json/);
    expect(await answer.json()).toMatchObject({ statusCode: '410', error: 'invalid_request' });
    const plain = await ayesha.supabase.storage.from(file.bucket).upload(file.path, other);
    expect(plain.error).toMatchObject({ status: 400 });
    expect(await statusOf(stage, file.id)).toBe('local');
    await expect(readBack(ayesha, file)).rejects.toThrow();
    // The right bytes may still come.
    const again = (await createUpload(stage.app, ayesha, file, bytes.length)).headers.get('location')!;
    expect((await patchUpload(stage.app, ayesha, again, 0, bytes)).status).toBe(204);
    expect(await statusOf(stage, file.id)).toBe('ready');
  });

  test('a program that calls itself a PDF', async () => {
    const program = Buffer.concat([Buffer.from('MZ'), randomBytes(5000)]);
    const file = announceWork(program);
    await pushRow(stage, file);
    const location = (await createUpload(stage.app, ayesha, file, program.length)).headers.get('location')!;
    expect((await patchUpload(stage.app, ayesha, location, 0, program)).status).toBe(415);
    expect(await statusOf(stage, file.id)).toBe('quarantined');
    expect((await createUpload(stage.app, ayesha, file, program.length)).status).toBe(415);
  });

  test.each(['html', 'svg', 'exe', 'js', 'sh'])('a file ending with .%s, before any byte', async (ending) => {
    const file = announceWork(Buffer.from('<svg onload="alert(1)"/>'), ending);
    expect((await createUpload(stage.app, ayesha, file, 24)).status).toBe(415);
  });

  test('HTML that calls itself a picture', async () => {
    const page = Buffer.from('<!doctype html><script>alert(1)</script>');
    const file = announceWork(page, 'png');
    await pushRow(stage, file);
    const location = (await createUpload(stage.app, ayesha, file, page.length)).headers.get('location')!;
    expect((await patchUpload(stage.app, ayesha, location, 0, page)).status).toBe(415);
  });

  test('more than the bucket takes, before any byte', async () => {
    const file = announceWork(pdfBytes(100));
    expect((await createUpload(stage.app, ayesha, file, 26 * 1024 * 1024)).status).toBe(413);
  });

  test('more bytes than were announced', async () => {
    const file = announceWork(pdfBytes(100));
    const location = (await createUpload(stage.app, ayesha, file, 100)).headers.get('location')!;
    expect((await patchUpload(stage.app, ayesha, location, 0, pdfBytes(200))).status).toBe(413);
  });

  test('a size other than the announced one', async () => {
    const file = announceWork(pdfBytes(100));
    await pushRow(stage, file);
    expect((await createUpload(stage.app, ayesha, file, 99)).status).toBe(400);
  });

  test("a path below another student's folder", async () => {
    const file = announce(stage.zain, stage.assignment, pdfBytes(100));
    expect((await createUpload(stage.app, ayesha, file, 100)).status).toBe(403);
    const { error } = await ayesha.supabase.storage.from(file.bucket).upload(file.path, pdfBytes(100));
    expect(error).toMatchObject({ status: 403 });
  });

  test("the row of another student's file", async () => {
    const bytes = pdfBytes(500);
    const file = announce(stage.zain, stage.assignment, bytes);
    await pushRow(stage, file);
    expect((await createUpload(stage.app, ayesha, file, bytes.length)).status).toBe(403);
    // Under the own folder, but with the id of somebody else's file: it never settles.
    const stolen = { ...file, path: `${stage.ayesha.id}/${stage.assignment}/1/${file.id}.pdf` };
    const location = (await createUpload(stage.app, ayesha, stolen, bytes.length)).headers.get('location')!;
    expect((await patchUpload(stage.app, ayesha, location, 0, bytes)).status).toBe(404);
    expect(await statusOf(stage, file.id)).toBe('local');
  });

  test.each([
    ['parent folder', (id: string) => `../${id}.pdf`],
    ['parent folder inside', (id: string) => `me/../${id}.pdf`],
    ['encoded parent folder', (id: string) => `me/%2e%2e/${id}.pdf`],
    ['absolute', (id: string) => `/etc/${id}.pdf`],
    ['backslash', (id: string) => `me\\${id}.pdf`],
    ['NUL', (id: string) => `me/${id}.pdf\0`],
    ['no ending', () => 'me/passwd'],
    ['unicode', (id: string) => `me/\u2025/${id}.pdf`],
  ])('a path trick: %s', async (_trick, path) => {
    const id = randomUUID();
    const answer = await createUpload(
      stage.app,
      ayesha,
      { bucket: 'assignment-submissions', path: path(id).replace('me', stage.ayesha.id) },
      100,
    );
    expect(answer.status).toBe(400);
  });

  test.each(['/..%2f..%2fetc%2fpasswd', '/%2e%2e/x', '/a%00b', '/..'])(
    'a path trick in an address: %s',
    async (path) => {
      for (const method of ['GET', 'POST']) {
        const response = await ayesha.call(
          method,
          `/storage/v1/object/assignment-submissions${path}`,
          method === 'POST' ? {} : undefined,
        );
        expect([400, 404, 405, 422]).toContain(response.status);
      }
    },
  );

  test('a path trick in the address of an upload', async () => {
    for (const id of ['../../objects', '..%2f..%2fobjects', `${stage.ayesha.id}_x`, '%00']) {
      expect((await offsetOf(stage.app, ayesha, `/storage/v1/upload/resumable/${id}`)).status).toBeGreaterThanOrEqual(
        400,
      );
    }
  });

  test('a bucket people may not write to', async () => {
    for (const bucket of ['lesson-media', 'company-logos', 'attachments']) {
      const path = `${stage.ayesha.id}/${randomUUID()}.pdf`;
      expect((await createUpload(stage.app, ayesha, { bucket, path }, 100)).status).toBeGreaterThanOrEqual(400);
    }
  });

  test("another person on somebody's upload", async () => {
    const bytes = pdfBytes(1000);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    const location = (await createUpload(stage.app, ayesha, file, bytes.length)).headers.get('location')!;
    expect((await offsetOf(stage.app, zain, location)).status).toBe(404);
    expect((await patchUpload(stage.app, zain, location, 0, bytes)).status).toBe(404);
    const removal = await fetch(new URL(location, stage.app.url), { method: 'DELETE', headers: tusHeaders(zain) });
    expect(removal.status).toBe(404);
    expect((await offsetOf(stage.app, ayesha, location)).offset).toBe(0);
  });

  test('a request without a session', async () => {
    const file = announceWork(pdfBytes(100));
    const nobody = { ...ayesha, session: { ...ayesha.session, access_token: 'none' } } as Client;
    expect((await createUpload(stage.app, nobody, file, 100)).status).toBe(401);
  });

  test('the end of an upload whose session was ended meanwhile', async () => {
    const bytes = pdfBytes(1000);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    const device = await stage.signIn(stage.ayesha);
    const location = (await createUpload(stage.app, device, file, bytes.length)).headers.get('location')!;
    expect((await patchUpload(stage.app, device, location, 0, bytes.subarray(0, 500))).status).toBe(204);
    await device.supabase.auth.signOut({ scope: 'local' });
    expect((await patchUpload(stage.app, device, location, 500, bytes.subarray(500))).status).toBe(401);
    expect(await statusOf(stage, file.id)).toBe('local');
  });
});

describe('supabase-js', () => {
  test('uploads bytes and blobs, and replaces only what it is told to', async () => {
    const bytes = pdfBytes(5000);
    const [raw, blob] = [announceWork(bytes), announceWork(bytes)];
    for (const file of [raw, blob]) await pushRow(stage, file);
    const bucket = ayesha.supabase.storage.from('assignment-submissions');
    expect(await bucket.upload(raw.path, bytes, { contentType: 'application/pdf' })).toMatchObject({
      error: null,
      data: { path: raw.path, id: raw.id, fullPath: `assignment-submissions/${raw.path}` },
    });
    expect((await bucket.upload(blob.path, new Blob([bytes], { type: 'application/pdf' }))).error).toBeNull();
    for (const file of [raw, blob]) expect((await readBack(ayesha, file)).equals(bytes)).toBe(true);

    const changed = Buffer.from(bytes);
    changed[4000] = 99;
    expect((await bucket.upload(raw.path, changed)).error).toMatchObject({ status: 409, code: 'KeyAlreadyExists' });
    expect((await readBack(ayesha, raw)).equals(bytes)).toBe(true);
    expect((await bucket.upload(raw.path, changed, { upsert: true })).error).toBeNull();
    expect((await readBack(ayesha, raw)).equals(changed)).toBe(true);
  });

  test('cannot touch the files of an attempt under review by an upsert', async () => {
    const bytes = pdfBytes(900);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    const bucket = ayesha.supabase.storage.from(file.bucket);
    await bucket.upload(file.path, bytes);
    const attempt = [stage.ayesha.id, await createAssignment(stage.database.server, stage.open), [file.id]];
    await stage.database.server.query(
      'insert into submissions (student_id, assignment_id, file_ids, client_submitted_at) values ($1, $2, $3, now())',
      attempt,
    );
    const other = Buffer.from(bytes);
    other[800] = 120;
    await bucket.upload(file.path, other, { upsert: true });
    await bucket.update(file.path, other);
    expect((await readBack(ayesha, file)).equals(bytes)).toBe(true);
  });

  test('removes an own file that nothing names, and nothing else', async () => {
    const bytes = pdfBytes(700);
    const [free, handedIn] = [announceWork(bytes), announceWork(bytes)];
    for (const file of [free, handedIn]) {
      await pushRow(stage, file);
      await ayesha.supabase.storage.from(file.bucket).upload(file.path, bytes);
    }
    const submission = [randomUUID(), stage.ayesha.id, stage.assignment, [handedIn.id]];
    await stage.database.server.query(
      `insert into submissions (id, student_id, assignment_id, file_ids, client_submitted_at) values ($1, $2, $3, $4, now())`,
      submission,
    );
    const asZain = await zain.supabase.storage.from(free.bucket).remove([free.path]);
    expect(asZain.data).toEqual([]);
    const { data } = await ayesha.supabase.storage.from(free.bucket).remove([free.path, handedIn.path]);
    expect(data).toHaveLength(1);
    expect(await statusOf(stage, free.id)).toBe('deleted');
    expect(await statusOf(stage, handedIn.id)).toBe('ready');
    await expect(readBack(ayesha, free)).rejects.toThrow();
    expect((await readBack(ayesha, handedIn)).equals(bytes)).toBe(true);
  });
});
