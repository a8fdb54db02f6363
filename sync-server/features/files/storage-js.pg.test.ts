import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tus from 'tus-js-client';
import { createSupabase, type Client } from '../../testing/api-client.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { createPerson, createSubmission } from '../../testing/people.ts';
import { keepDocument, objectKey } from './index.ts';
import { openStage, pdfBytes, pngBytes, sha256, type Stage } from '../../testing/files-stage.ts';

/** /storage/v1 as its own client calls it: no row was announced by any device. */

let stage: Stage;
let ayesha: Client;
let zain: Client;
let sana: Client;
const png = pngBytes(256, 256);
const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z" fill="#123"/></svg>';

beforeAll(async () => {
  stage = await openStage();
  const superadmin = await createPerson(stage.database.server, 'superadmin', { password: 'a calm river at dawn' });
  [ayesha, zain, sana] = [
    await stage.signIn(stage.ayesha),
    await stage.signIn(stage.zain),
    await stage.signIn(superadmin),
  ];
});
afterAll(() => stage.close());

const workOf = (client: Client) => client.supabase.storage.from('assignment-submissions');
const folder = (version = 1) => `${stage.ayesha.id}/${stage.assignment}/${version}`;
const pdf = { contentType: 'application/pdf' };

async function bytesOf(client: Client, bucket: string, path: string): Promise<Buffer> {
  const { data, error } = await client.supabase.storage.from(bucket).download(path);
  if (error) throw error;
  return Buffer.from(await data.arrayBuffer());
}

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

describe('download', () => {
  test('answers Range, validators and HEAD', async () => {
    const bytes = pdfBytes(5000);
    const path = `${folder()}/ranges.pdf`;
    await workOf(ayesha).upload(path, bytes, pdf);
    const url = `/storage/v1/object/authenticated/assignment-submissions/${path}`;
    const whole = await ayesha.call('GET', url);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': '5000',
      'cache-control': 'private, no-cache',
      'last-modified': expect.stringMatching(/GMT$/),
    });
    await whole.body?.cancel();
    const etag = whole.headers.get('etag')!;
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*'])
      expect((await ayesha.call('GET', url, undefined, { 'if-none-match': known })).status).toBe(304);
    const part = await ayesha.call('GET', url, undefined, { range: 'bytes=-10' });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
    const head = await ayesha.call('HEAD', url);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '5000']);
  });

  test('of what is not there tells so, as info and exists do', async () => {
    const path = `${folder()}/absent.pdf`;
    expect((await workOf(ayesha).download(path)).error).toMatchObject({ status: 404 });
    expect((await workOf(ayesha).info(path)).error).toMatchObject({ status: 404, code: 'NoSuchKey' });
    expect(await workOf(ayesha).exists(path)).toMatchObject({ data: false });
    await workOf(ayesha).upload(path, pdfBytes(10), pdf);
    expect(await workOf(ayesha).exists(path)).toEqual({ data: true, error: null });
    expect(await workOf(zain).exists(path)).toMatchObject({ data: false });
  });

  test('in another size is not offered', async () => {
    const path = `${folder()}/ranges.pdf`;
    const transform = { width: 10 };
    expect((await workOf(ayesha).download(path, { transform })).error).toMatchObject({ status: 400 });
    expect((await workOf(ayesha).createSignedUrl(path, 60, { transform })).error).toMatchObject({
      code: 'FeatureNotEnabled',
    });
    const { publicUrl } = sana.supabase.storage.from('company-logos').getPublicUrl('logos/a.png', { transform }).data;
    expect((await fetch(publicUrl)).status).toBe(400);
  });
});

describe('list', () => {
  beforeAll(async () => {
    for (const name of ['b.pdf', 'A.pdf', 'c.pdf', 'deep/d.pdf', 'deep/er/e.pdf'])
      expect((await workOf(ayesha).upload(`${folder(7)}/${name}`, pdfBytes(100), pdf)).error).toBeNull();
  });
  const names = (data: { name: string }[] | null) => data!.map(({ name }) => name);

  test('shows one folder, folders first, in the order and part asked for', async () => {
    const list = async (options?: Parameters<ReturnType<typeof workOf>['list']>[1]) =>
      names((await workOf(ayesha).list(folder(7), options)).data);
    expect(await list()).toEqual(['deep', 'A.pdf', 'b.pdf', 'c.pdf']);
    expect(await list({ limit: 2, offset: 1 })).toEqual(['A.pdf', 'b.pdf']);
    expect(await list({ search: 'B' })).toEqual(['b.pdf']);
    expect(await list({ sortBy: { column: 'name', order: 'desc' } })).toEqual(['deep', 'c.pdf', 'b.pdf', 'A.pdf']);
    expect((await list({ sortBy: { column: 'created_at', order: 'desc' } }))[1]).toBe('c.pdf');
    const { data } = await workOf(ayesha).list(`${folder(7)}/`);
    expect(data![0]).toMatchObject({ name: 'deep', id: null, metadata: null });
    expect(data![1]!.metadata).toMatchObject({ size: 100, mimetype: 'application/pdf', contentLength: 100 });
  });

  test('in pages, of a folder or of all below it', async () => {
    const bucket = workOf(ayesha);
    const first = await bucket.listV2({ prefix: `${folder(7)}/`, limit: 3 });
    expect(first.data).toMatchObject({ hasNext: true, folders: [] });
    const second = await bucket.listV2({ prefix: `${folder(7)}/`, limit: 3, cursor: first.data!.nextCursor! });
    expect(second.data!.hasNext).toBe(false);
    expect([...first.data!.objects, ...second.data!.objects].map(({ key }) => key)).toEqual(
      ['A.pdf', 'b.pdf', 'c.pdf', 'deep/d.pdf', 'deep/er/e.pdf'].map((name) => `${folder(7)}/${name}`),
    );
    const one = await bucket.listV2({ prefix: `${folder(7)}/`, with_delimiter: true });
    expect(one.data!.folders).toEqual([{ key: 'deep', name: `${folder(7)}/deep/` }]);
    expect(names(one.data!.objects)).toEqual(['A.pdf', 'b.pdf', 'c.pdf'].map((name) => `${folder(7)}/${name}`));
  });

  test('shows nobody the files of others, nor their folders', async () => {
    for (const prefix of ['', stage.ayesha.id, folder(7)]) {
      const { data } = await workOf(zain).list(prefix);
      expect(JSON.stringify(data)).not.toContain(stage.ayesha.id);
      expect(data!.filter(({ id }) => id !== null)).toEqual([]);
      expect((await workOf(zain).listV2({ prefix })).data!.objects).toEqual([]);
    }
    expect(names((await workOf(ayesha).list()).data)).toEqual([stage.ayesha.id]);
  });

  test('shows staff the folders of everybody they hold, and a record’s papers where they ask for them', async () => {
    const dua = await stage.signIn(stage.dua);
    expect(names((await dua.supabase.storage.from('company-logos').list('')).data)).toEqual([]);
    const attempt = await createSubmission(stage.database.server, stage.ayesha.id, stage.assignment);
    const { data } = await workOf(ayesha).upload(`${folder(8)}/handed.pdf`, pdfBytes(10), pdf);
    await stage.database.server.query("update files set linked_table = 'submissions', linked_id = $2 where id = $1", [
      data!.id,
      attempt,
    ]);
    expect(names((await workOf(dua).list('')).data)).toEqual([stage.ayesha.id]);
    expect(names((await workOf(dua).list(folder(8))).data)).toEqual(['handed.pdf']);
  });

  test.each([`%`, `_`, `'`, `\\`, `a' or true --`])(
    'takes a prefix and a search for what they are: %s',
    async (text) => {
      for (const options of [{}, { search: text }]) {
        const { data, error } = await workOf(ayesha).list(text, options);
        expect([data, error]).toEqual([[], null]);
      }
      expect((await workOf(ayesha).list(folder(7), { search: text === '_' ? '%_' : text })).data).toEqual([]);
    },
  );
});

describe('move, copy and remove', () => {
  test('within a bucket and into another one', async () => {
    const bytes = pdfBytes(700);
    await workOf(ayesha).upload(`${folder(2)}/one.pdf`, bytes, pdf);
    expect((await workOf(ayesha).move(`${folder(2)}/one.pdf`, `${folder(2)}/two.pdf`)).data).toMatchObject({
      message: 'Successfully moved',
    });
    expect((await workOf(ayesha).copy(`${folder(2)}/two.pdf`, `${folder(2)}/three.pdf`)).data).toEqual({
      path: `assignment-submissions/${folder(2)}/three.pdf`,
    });
    const elsewhere = `${stage.ayesha.id}/onboarding/q1/four.pdf`;
    const destinationBucket = 'student-documents';
    expect((await workOf(ayesha).move(`${folder(2)}/three.pdf`, elsewhere, { destinationBucket })).error).toBeNull();
    expect((await workOf(ayesha).list(folder(2))).data!.map(({ name }) => name)).toEqual(['two.pdf']);
    expect((await bytesOf(ayesha, destinationBucket, elsewhere)).equals(bytes)).toBe(true);
    expect((await workOf(ayesha).remove([`${folder(2)}/two.pdf`, `${folder(2)}/none.pdf`])).data).toMatchObject([
      { name: `${folder(2)}/two.pdf`, bucket_id: 'assignment-submissions' },
    ]);
    expect((await workOf(ayesha).list(folder(2))).data).toEqual([]);
    // The name is free again, and the copy lives on.
    expect((await workOf(ayesha).upload(`${folder(2)}/two.pdf`, bytes, pdf)).error).toBeNull();
    expect((await bytesOf(ayesha, destinationBucket, elsewhere)).equals(bytes)).toBe(true);
  });

  test('not onto a name that is taken, not to another kind, not where one may not bring files', async () => {
    for (const name of ['a.pdf', 'b.pdf']) await workOf(ayesha).upload(`${folder(3)}/${name}`, pdfBytes(90), pdf);
    const from = `${folder(3)}/a.pdf`;
    for (const call of ['move', 'copy'] as const) {
      const to = async (path: string, destinationBucket?: string) =>
        (await workOf(ayesha)[call](from, path, destinationBucket ? { destinationBucket } : {})).error;
      expect(await to(`${folder(3)}/b.pdf`)).toMatchObject({ status: 409 });
      expect(await to(`${folder(3)}/a.png`)).toMatchObject({ status: 415 });
      expect(await to(`${stage.zain.id}/x/a.pdf`)).toMatchObject({ status: 403 });
      expect(await to('logos/a.pdf', 'company-logos')).not.toBeNull();
      expect(await to(`lessons/${stage.open}/a.pdf`, 'attachments')).toMatchObject({ status: 403 });
      expect(await to(`${folder(3)}/../a.pdf`)).toMatchObject({ status: 400, code: 'InvalidKey' });
    }
    expect((await bytesOf(ayesha, 'assignment-submissions', from)).length).toBe(90);
  });
});

describe('signed addresses', () => {
  test('for reading, many at once, each with its own answer', async () => {
    const path = `${folder()}/signed.pdf`;
    await workOf(ayesha).upload(path, pdfBytes(60), pdf);
    const { data } = await workOf(ayesha).createSignedUrls([path, `${folder()}/never.pdf`], 60, { download: 'x.pdf' });
    const answer = await fetch(data![0]!.signedUrl!);
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="x.pdf"; filename*=UTF-8''x.pdf`,
    ]);
    await answer.body?.cancel();
    expect(data![1]).toMatchObject({ signedUrl: null, error: expect.stringContaining('does not exist') });
  });

  test('for bringing one object, once, by the one they were made for', async () => {
    const path = `${folder()}/brought.pdf`;
    const { data } = await workOf(ayesha).createSignedUploadUrl(path);
    const stranger = createSupabase(stage.app.url).storage.from('assignment-submissions');
    const elsewhere = await stranger.uploadToSignedUrl(`${folder()}/other.pdf`, data!.token, pdfBytes(10), pdf);
    expect(elsewhere.error).toMatchObject({ status: 401 });
    expect((await workOf(zain).uploadToSignedUrl(path, data!.token, pdfBytes(10), pdf)).error).toMatchObject({
      status: 401,
    });
    const done = await stranger.uploadToSignedUrl(path, data!.token, pdfBytes(80), pdf);
    expect(done).toMatchObject({ error: null, data: { path, fullPath: `assignment-submissions/${path}` } });
    expect((await bytesOf(ayesha, 'assignment-submissions', path)).length).toBe(80);
    expect((await stranger.uploadToSignedUrl(path, data!.token, pdfBytes(90), pdf)).error).toMatchObject({
      status: 409,
    });
    const widened = await stranger.uploadToSignedUrl(path, data!.token, pdfBytes(90), { ...pdf, upsert: true });
    expect(widened.error).toMatchObject({ status: 401 });
    const again = await workOf(ayesha).createSignedUploadUrl(path, { upsert: true });
    const replaced = await stranger.uploadToSignedUrl(path, again.data!.token, pdfBytes(90), { ...pdf, upsert: true });
    expect(replaced.error).toBeNull();
    expect((await workOf(ayesha).createSignedUploadUrl(`${stage.zain.id}/x/a.pdf`)).error).toMatchObject({
      status: 403,
    });
  });
});

describe('the public bucket', () => {
  test('is read by everybody, kept as long as its uploader said, and never runs anything', async () => {
    const logos = sana.supabase.storage.from('company-logos');
    expect(
      (await logos.upload('logos/original-1.png', png, { contentType: 'image/png', cacheControl: '86400' })).error,
    ).toBe(null);
    expect((await logos.upload('logos/original-2.svg', svg, { contentType: 'image/svg+xml' })).error).toBeNull();
    const read = (path: string) => fetch(logos.getPublicUrl(path).data.publicUrl);
    const picture = await read('logos/original-1.png');
    expect([picture.status, picture.headers.get('cache-control')]).toEqual([200, 'public, max-age=86400']);
    expect(Buffer.from(await picture.arrayBuffer()).equals(png)).toBe(true);
    const drawing = await read('logos/original-2.svg');
    expect(Object.fromEntries(drawing.headers)).toMatchObject({
      'content-type': 'image/svg+xml',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
    await drawing.body?.cancel();
    expect(
      (await fetch(`${stage.app.url}/storage/v1/object/info/public/company-logos/logos/original-1.png`)).status,
    ).toBe(200);
    expect((await bytesOf(zain, 'company-logos', 'logos/original-1.png')).equals(png)).toBe(true);
    for (const path of ['logos/none.png', 'logos/..%2fx.png']) expect((await read(path)).status).toBe(404);
  });

  test('takes no logo that is too small to be shown, only what was drawn from one', async () => {
    const logos = sana.supabase.storage.from('company-logos');
    const upload = async (name: string, width: number, height: number) =>
      (await logos.upload(`logos/${name}.png`, pngBytes(width, height), { contentType: 'image/png' })).error;
    expect(await upload('original-3', 255, 400)).toMatchObject({ status: 415 });
    expect(await upload('original-4', 400, 255)).toMatchObject({ status: 415 });
    expect(await upload('favicon-3', 32, 32)).toBeNull();
  });

  test('takes no drawing that does more than draw', async () => {
    const logos = sana.supabase.storage.from('company-logos');
    const bad = svg.replace('<path', '<script>alert(1)</script><path');
    expect((await logos.upload('logos/bad.svg', bad, { contentType: 'image/svg+xml' })).error).toMatchObject({
      status: 415,
    });
  });
});

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
