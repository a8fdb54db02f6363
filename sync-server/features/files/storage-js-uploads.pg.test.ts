import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { insertRow } from '../../seed/insert-rows.ts';
import { keepDocument, objectKey } from './index.ts';
import { pdfBytes, sha256 } from '../../testing/files-stage.ts';
import { openStorageForTests, stage, ayesha, zain, sana, workOf, folder, pdf, bytesOf } from './storage-js.fixture.ts';

openStorageForTests();

describe('buckets', () => {
  test('are the four of the academy, with their limits', async () => {
    const { data } = await ayesha.supabase.storage.listBuckets();
    expect(data!.map(({ name, public: isPublic }) => [name, isPublic])).toEqual([
      ['assignment-submissions', false],
      ['attachments', false],
      ['company-logos', true],
      ['student-documents', false],
    ]);
    const one = await ayesha.supabase.storage.getBucket('student-documents');
    expect(one.data).toMatchObject({ id: 'student-documents', file_size_limit: 10 * 1024 * 1024 });
    expect(one.data!.allowed_mime_types).toContain('application/pdf');
    for (const bucket of ['lesson-media', 'nothing'])
      expect((await ayesha.supabase.storage.getBucket(bucket)).error).toMatchObject({ status: 404 });
  });

  test('stay as they are, whoever asks', async () => {
    const { storage } = sana.supabase;
    const answers = [
      await storage.createBucket('mine', { public: true }),
      await storage.updateBucket('attachments', { public: true }),
      await storage.emptyBucket('attachments'),
      await storage.deleteBucket('attachments'),
    ];
    for (const { error } of answers) expect(error).toMatchObject({ status: 403, code: 'AccessDenied' });
  });
});

describe('upload', () => {
  test('of bytes, blobs, forms, texts and streams is stored as it is', async () => {
    const bytes = pdfBytes(40_000);
    const temp = await mkdtemp(join(tmpdir(), 'storage-js-'));
    await writeFile(join(temp, 'a.pdf'), bytes);
    const form = new FormData();
    form.append('cacheControl', '60');
    form.append('', new Blob([bytes]), 'x.pdf');
    const bodies = [
      bytes,
      new Blob([bytes], { type: 'application/pdf' }),
      form,
      createReadStream(join(temp, 'a.pdf')),
      new Blob([bytes]).stream(),
      Uint8Array.from(bytes).buffer,
    ];
    for (const [at, body] of bodies.entries()) {
      const path = `${folder()}/kinds-${at}.pdf`;
      const { data, error } = await workOf(ayesha).upload(path, body, pdf);
      expect([at, error]).toEqual([at, null]);
      expect(data).toMatchObject({ path, fullPath: `assignment-submissions/${path}` });
      expect((await bytesOf(ayesha, 'assignment-submissions', path)).equals(bytes)).toBe(true);
    }
    expect((await workOf(ayesha).upload(`${folder()}/notes.txt`, 'What I did.')).error).toBeNull();
    await rm(temp, { recursive: true });
  });

  test('makes a row that says what was found, not what was claimed', async () => {
    const bytes = pdfBytes(1234);
    const path = `${folder()}/report.pdf`;
    const { data } = await workOf(ayesha).upload(path, bytes, { contentType: 'text/html', metadata: { mood: 'calm' } });
    const { rows } = await stage.database.server.query('select * from files where id = $1', [data!.id]);
    expect(rows[0]).toMatchObject({
      owner_id: stage.ayesha.id,
      path,
      original_name: 'report.pdf',
      mime: 'application/pdf',
      bytes: 1234,
      sha256: sha256(bytes),
      status: 'ready',
      linked_id: null,
    });
    const info = await workOf(ayesha).info(path);
    expect(info.data).toMatchObject({
      id: data!.id,
      name: path,
      bucketId: 'assignment-submissions',
      size: 1234,
      contentType: 'application/pdf',
      etag: `"${sha256(bytes)}"`,
      metadata: { mood: 'calm' },
    });
  });

  test('under a name that is an id gives the row that id', async () => {
    const id = randomUUID();
    const { data } = await workOf(ayesha).upload(`${folder()}/${id}.pdf`, pdfBytes(50), pdf);
    expect(data!.id).toBe(id);
  });

  test('to a name that is taken is refused, with upsert and update it takes the place', async () => {
    const path = `${folder()}/again.pdf`;
    const [first, second, third] = [pdfBytes(100), pdfBytes(200), pdfBytes(300)];
    expect((await workOf(ayesha).upload(path, first, pdf)).error).toBeNull();
    expect((await workOf(ayesha).upload(path, second, pdf)).error).toMatchObject({
      status: 409,
      statusCode: '409',
      code: 'KeyAlreadyExists',
      message: 'The resource already exists',
    });
    expect((await workOf(ayesha).upload(path, second, { ...pdf, upsert: true })).error).toBeNull();
    expect((await bytesOf(ayesha, 'assignment-submissions', path)).length).toBe(200);
    expect((await workOf(ayesha).update(path, third, pdf)).error).toBeNull();
    expect((await bytesOf(ayesha, 'assignment-submissions', path)).length).toBe(300);
  });

  test.each([
    ['another bucket', 'nothing', 'a/b.pdf', { status: 404, code: 'NoSuchBucket' }],
    ['no such bucket for people', 'lesson-media', 'a/b.pdf', { status: 404, code: 'NoSuchBucket' }],
    ['a name with a trick', 'attachments', 'a/%2e%2e/b.pdf', { status: 400, code: 'InvalidKey' }],
    ['no place', 'attachments', 'somewhere/b.pdf', { status: 403, code: 'AccessDenied' }],
    ['a program', 'attachments', 'avatars/ME/b.exe', { status: 415, code: 'InvalidMimeType' }],
    ['a picture that is none', 'attachments', 'avatars/ME/b.png', { status: 415, code: 'InvalidMimeType' }],
    ['a place of the server', 'student-documents', 'ME/certificates/b.pdf', { status: 403, code: 'AccessDenied' }],
    ['a place of staff', 'company-logos', 'logos/original-1.png', { status: 403, code: 'AccessDenied' }],
  ])('to %s is refused', async (_what, bucket, path, expected) => {
    const place = path.replace('ME', stage.ayesha.id);
    const { error } = await ayesha.supabase.storage.from(bucket).upload(place, pdfBytes(100), pdf);
    expect(error).toMatchObject(expected);
  });

  test('of too many bytes is refused: announced, in a form, and counted in a stream without a length', async () => {
    const large = pdfBytes(5 * 1024 * 1024 + 1);
    const path = `avatars/${stage.ayesha.id}/large.png`;
    const bucket = ayesha.supabase.storage.from('attachments');
    for (const body of [large, new Blob([large]), new Blob([large]).stream()]) {
      const { error } = await bucket.upload(path, body, { contentType: 'image/png' });
      // A connection that is closed while the client still sends reads as a failed fetch there.
      if (error!.message !== 'fetch failed') expect(error).toMatchObject({ status: 413, code: 'EntityTooLarge' });
      expect(error).not.toBeNull();
    }
    const { rows } = await stage.database.server.query('select from files where path = $1', [path]);
    expect(rows).toEqual([]);
  });

  test('of nothing is refused', async () => {
    expect((await workOf(ayesha).upload(`${folder()}/empty.pdf`, Buffer.alloc(0), pdf)).error).toMatchObject({
      status: 400,
    });
    expect((await workOf(ayesha).upload(`${folder()}/empty.pdf`, new Blob([]), pdf)).error).not.toBeNull();
  });
});

test('the same bytes of the same person are kept once, and each name lives on its own', async () => {
  const bytes = pdfBytes(12_345);
  const ids: string[] = [];
  for (const name of ['twin-1.pdf', 'twin-2.pdf'])
    ids.push((await workOf(ayesha).upload(`${folder()}/${name}`, bytes, pdf)).data!.id);
  const inodes = await Promise.all(
    ids.map(
      async (id) => (await stat(join(stage.app.deps.config.FILES_DIR, objectKey('assignment-submissions', id)))).ino,
    ),
  );
  expect(new Set(inodes).size).toBe(1);
  await workOf(ayesha).update(`${folder()}/twin-1.pdf`, pdfBytes(10), pdf);
  expect((await bytesOf(ayesha, 'assignment-submissions', `${folder()}/twin-2.pdf`)).equals(bytes)).toBe(true);
});

test('onboarding takes files until it is completed', async () => {
  const answers = ayesha.supabase.storage.from('student-documents');
  const path = (name: string) => `${stage.ayesha.id}/onboarding/why/${name}.pdf`;
  expect((await answers.upload(path('before'), pdfBytes(10), pdf)).error).toBeNull();
  const complete = (done: boolean) =>
    stage.database.server.query("update students set onboarding_completed = $2, answers_json = '[]' where id = $1", [
      stage.ayesha.id,
      done,
    ]);
  await complete(true);
  expect((await answers.upload(path('after'), pdfBytes(10), pdf)).error).toMatchObject({ status: 403 });
  await complete(false);
});

test('a document the server drew is its student’s, under the name it is saved by', async () => {
  const { server } = stage.database;
  const certificate = await insertRow(server, 'certificates', {
    student_id: stage.ayesha.id,
    type: 'course',
    course_id: stage.course,
    number: 'CERT-2026-000001',
    title: 'A course',
    printed_name: 'Ayesha',
    verification_code: 'ABCDEFGHJKLMNPQR',
  });
  const file_id = await keepDocument(stage.app.deps, {
    place: 'certificate',
    person: stage.ayesha.id,
    link: { table: 'certificates', id: certificate },
    name: 'CERT-2026-000001.pdf',
    bytes: pdfBytes(500),
  });
  await server.query('update certificates set file_id = $2 where id = $1', [certificate, file_id]);
  const path = `${stage.ayesha.id}/certificates/${file_id}.pdf`;
  const { data } = await ayesha.supabase.storage
    .from('student-documents')
    .createSignedUrl(path, 60, { download: true });
  const answer = await fetch(data!.signedUrl);
  expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
    200,
    expect.stringContaining('filename="CERT-2026-000001.pdf"'),
  ]);
  await answer.body?.cancel();
  expect((await zain.supabase.storage.from('student-documents').download(path)).error).toMatchObject({ status: 404 });
  expect((await ayesha.supabase.storage.from('student-documents').remove([path])).data).toEqual([]);
});
