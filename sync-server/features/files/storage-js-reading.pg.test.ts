import { beforeAll, describe, expect, test } from 'vitest';
import { createSupabase } from '../../testing/api-client.ts';
import { createSubmission } from '../../testing/people.ts';
import { pdfBytes } from '../../testing/files-stage.ts';
import { openStorageForTests, stage, ayesha, zain, sana, workOf, folder, pdf, bytesOf } from './storage-js.fixture.ts';

openStorageForTests();

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
