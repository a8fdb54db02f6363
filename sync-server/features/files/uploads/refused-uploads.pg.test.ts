import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Client } from '../../../testing/api-client.ts';
import {
  announce,
  createUpload,
  offsetOf,
  patchUpload,
  pdfBytes,
  pushRow,
  statusOf,
  tusHeaders,
} from '../../../testing/files-stage.ts';
import { openUploadsForTests, stage, ayesha, zain, announceWork, readBack } from './uploads.fixture.ts';

openUploadsForTests();

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
