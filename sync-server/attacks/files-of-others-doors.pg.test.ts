import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertRow } from '../seed/insert-rows.ts';
import type { Client } from '../testing/api-client.ts';
import { createUpload, openStage, pdfBytes, tusHeaders, type Stage } from '../testing/files-stage.ts';
import { createSubmission } from '../testing/people.ts';

/** Every door of storage, tried on files of others: what may be learnt, moved, signed or replaced by somebody hostile. */

let stage: Stage;
let ayesha: Client;
let zain: Client;
let bilal: Client;
const bytes = pdfBytes(3000);
const pdf = { contentType: 'application/pdf' };
const bucketName = 'assignment-submissions';
let folder: string;
let work: string;
beforeAll(async () => {
  stage = await openStage();
  [ayesha, zain, bilal] = [
    await stage.signIn(stage.ayesha),
    await stage.signIn(stage.zain),
    await stage.signIn(stage.bilal),
  ];
  folder = `${stage.ayesha.id}/${stage.assignment}/1`;
  work = `${folder}/work.pdf`;
  const { data, error } = await bucketOf(ayesha).upload(work, bytes, pdf);
  expect(error).toBeNull();
  const attempt = await createSubmission(stage.database.server, stage.ayesha.id, stage.assignment, {
    file_ids: [data!.id],
  });
  await stage.database.server.query("update files set linked_table = 'submissions', linked_id = $2 where id = $1", [
    data!.id,
    attempt,
  ]);
});
afterAll(() => stage.close());

const bucketOf = (client: Client, bucket = bucketName) => client.supabase.storage.from(bucket);
const answerOf = async (response: Response): Promise<string> =>
  `${response.status} ${(await response.text()).replaceAll(/[\w-]+\.pdf|[0-9a-f-]{36}/g, 'x')}`;

test('no door tells a stranger whether a file is there', async () => {
  const absent = `${folder}/absent.pdf`;
  const doors: ((path: string) => Promise<Response>)[] = [
    ...['', 'authenticated/', 'info/', 'info/authenticated/', 'public/', 'info/public/'].map(
      (door) => (path: string) => zain.call('GET', `/storage/v1/object/${door}${bucketName}/${path}`),
    ),
    (path) => zain.call('HEAD', `/storage/v1/object/${bucketName}/${path}`),
    (path) => zain.call('POST', `/storage/v1/object/sign/${bucketName}/${path}`, { expiresIn: 60 }),
    (path) => zain.call('POST', `/storage/v1/object/sign/${bucketName}`, { expiresIn: 60, paths: [path] }),
    (path) => zain.call('POST', `/storage/v1/object/upload/sign/${bucketName}/${path}`, {}),
    (path) => zain.call('POST', `/storage/v1/object/upload/sign/${bucketName}/${path}`, {}, { 'x-upsert': 'true' }),
    (path) => zain.call('POST', `/storage/v1/object/list/${bucketName}`, { prefix: path }),
    (path) =>
      zain.call('POST', `/storage/v1/object/list/${bucketName}`, { prefix: folder, search: path.split('/').at(-1) }),
    (path) => zain.call('POST', `/storage/v1/object/list-v2/${bucketName}`, { prefix: path }),
    (path) => zain.call('DELETE', `/storage/v1/object/${bucketName}`, { prefixes: [path] }),
    (path) => zain.call('DELETE', `/storage/v1/object/${bucketName}/${path}`),
    ...['move', 'copy'].flatMap((verb) => [
      (path: string) =>
        zain.call('POST', `/storage/v1/object/${verb}`, {
          bucketId: bucketName,
          sourceKey: path,
          destinationKey: `${stage.zain.id}/x/1/mine.pdf`,
        }),
    ]),
    (path) => zain.call('POST', `/storage/v1/object/${bucketName}/${path}`, 'bytes'),
    (path) => zain.call('PUT', `/storage/v1/object/${bucketName}/${path}`, 'bytes'),
    (path) => createUpload(stage.app, zain, { bucket: bucketName, path }, 100),
  ];
  for (const [at, knock] of doors.entries()) {
    const [there, notThere] = [await answerOf(await knock(work)), await answerOf(await knock(absent))];
    expect([at, there]).toEqual([at, notThere]);
  }
});

test('nobody moves or copies to a place of others, nor own files onto theirs', async () => {
  const mine = `${stage.zain.id}/x/1/mine.pdf`;
  await bucketOf(zain).upload(mine, bytes, pdf);
  const ticket = await insertRow(stage.database.server, 'support_tickets', {
    student_id: stage.ayesha.id,
    created_by: stage.ayesha.id,
    title: 'Private',
    description: 'Mine',
  });
  const targets: [string, string][] = [
    [bucketName, work],
    [bucketName, `${folder}/new.pdf`],
    ['student-documents', `${stage.ayesha.id}/onboarding/q/a.pdf`],
    ['student-documents', `${stage.zain.id}/certificates/a.pdf`],
    ['student-documents', `${stage.zain.id}/billing/a.pdf`],
    ['attachments', `tickets/${ticket}/a.pdf`],
    ['attachments', `lessons/${stage.open}/a.pdf`],
    ['attachments', `resources/${randomUUID()}/a.pdf`],
    ['company-logos', 'onboarding-docs/a.pdf'],
    ['lesson-media', `lessons/${stage.open}/a.pdf`],
  ];
  for (const [destinationBucket, path] of targets)
    for (const verb of ['move', 'copy'] as const) {
      const { error } = await bucketOf(zain)[verb](mine, path, { destinationBucket });
      expect([verb, path, (error as { status?: number } | null)?.status ?? 200]).toEqual([
        verb,
        path,
        destinationBucket === 'lesson-media' ? 404 : 403,
      ]);
    }
  expect((await bucketOf(zain).list(`${stage.zain.id}/x/1`)).data).toHaveLength(1);
  expect((await bucketOf(ayesha).list(folder)).data).toHaveLength(1);
});

test('a reviewer who may read work may copy it nowhere, and neither move nor remove nor replace it', async () => {
  expect((await bucketOf(bilal).download(work)).error).toBeNull();
  expect((await bucketOf(bilal).copy(work, `${folder}/copy.pdf`)).error).toMatchObject({ status: 403 });
  expect((await bucketOf(bilal).move(work, `${folder}/moved.pdf`)).error).toMatchObject({ status: 403 });
  expect((await bucketOf(bilal).remove([work])).data).toEqual([]);
  for (const upsert of [true, false])
    expect((await bucketOf(bilal).upload(work, bytes, { ...pdf, upsert })).error).toMatchObject({ status: 403 });
});

test('work under review is not changed by its own student either, through no door', async () => {
  const other = pdfBytes(3000).fill('z', 100);
  expect((await bucketOf(ayesha).upload(work, other, { ...pdf, upsert: true })).error).toMatchObject({ status: 409 });
  expect((await bucketOf(ayesha).update(work, other, pdf)).error).toMatchObject({ status: 409 });
  expect((await bucketOf(ayesha).createSignedUploadUrl(work, { upsert: true })).error).toMatchObject({ status: 409 });
  expect((await bucketOf(ayesha).move(work, `${folder}/elsewhere.pdf`)).error).toMatchObject({ status: 409 });
  expect((await bucketOf(ayesha).remove([work])).data).toEqual([]);
  expect((await createUpload(stage.app, ayesha, { bucket: bucketName, path: work }, 3000)).status).toBe(409);
  const upsert = await fetch(`${stage.app.url}/storage/v1/upload/resumable`, {
    method: 'POST',
    headers: {
      ...tusHeaders(ayesha),
      'x-upsert': 'true',
      'upload-length': '3000',
      'upload-metadata': `bucketName ${btoa(bucketName)},objectName ${btoa(work)}`,
    },
  });
  expect(upsert.status).toBe(409);
  const stored = await bucketOf(bilal).download(work);
  expect(Buffer.from(await stored.data!.arrayBuffer()).equals(bytes)).toBe(true);
});

test('an attempt that is handed in while its file is being replaced keeps the bytes it was handed in with', async () => {
  const path = `${folder}/late.pdf`;
  const { data } = await bucketOf(ayesha).upload(path, bytes, pdf);
  const { url, token } = await signedUpload(path, true);
  const location = (await createUpload(stage.app, ayesha, { bucket: bucketName, path: `${folder}/x.pdf` }, 10)).status;
  expect(location).toBe(201);
  await stage.database.server.query('update submissions set file_ids = file_ids || $1::uuid where student_id = $2', [
    data!.id,
    stage.ayesha.id,
  ]);
  const late = await bucketOf(ayesha).uploadToSignedUrl(path, token, pdfBytes(50), { ...pdf, upsert: true });
  expect([url.includes(token), late.error]).toMatchObject([true, { status: 409 }]);
  expect((await bucketOf(ayesha).info(path)).data).toMatchObject({ id: data!.id, size: 3000 });
});

async function signedUpload(path: string, upsert: boolean) {
  const { data, error } = await bucketOf(ayesha).createSignedUploadUrl(path, { upsert });
  expect(error).toBeNull();
  return { url: data!.signedUrl, token: data!.token };
}

test('an address signed for one use opens no other', async () => {
  const read = new URL((await bucketOf(ayesha).createSignedUrl(work, 60)).data!.signedUrl);
  const readToken = read.searchParams.get('token')!;
  const { token: writeToken } = await signedUpload(`${folder}/brought.pdf`, false);
  const put = (path: string, token: string, upsert = false) =>
    fetch(`${stage.app.url}/storage/v1/object/upload/sign/${bucketName}/${path}?token=${token}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/pdf', ...(upsert ? { 'x-upsert': 'true' } : {}) },
      body: bytes as Uint8Array<ArrayBuffer>,
    });
  const get = (path: string, token: string) =>
    fetch(`${stage.app.url}/storage/v1/object/sign/${bucketName}/${path}?token=${token}`);
  expect((await put(work, readToken)).status).toBe(401);
  expect((await put(work, readToken, true)).status).toBe(401);
  expect((await get(`${folder}/brought.pdf`, writeToken)).status).toBe(401);
  expect((await put(`${folder}/another.pdf`, writeToken)).status).toBe(401);
  expect((await put(`${folder}/brought.pdf`, writeToken, true)).status).toBe(401);
  // Neither stands for the session anywhere else.
  for (const token of [readToken, writeToken])
    for (const path of ['/storage/v1/bucket', `/storage/v1/object/${bucketName}/${work}`])
      expect(
        (await fetch(`${stage.app.url}${path}?token=${token}`, { headers: { authorization: `Bearer ${token}` } }))
          .status,
      ).toBe(401);
  const fields = (token: string) => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as unknown[];
  const forge = (change: (fields: unknown[]) => void) => {
    const changed = fields(writeToken);
    change(changed);
    return `${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${writeToken.split('.')[1]}`;
  };
  for (const [at, value] of [
    [0, stage.zain.id],
    [1, randomUUID()],
    [2, `${bucketName}/${work}`],
    [3, 9_999_999_999],
  ] as const)
    expect(
      (
        await put(
          `${folder}/brought.pdf`,
          forge((all) => (all[at] = value)),
        )
      ).status,
    ).toBe(401);
  expect((await put(`${folder}/brought.pdf`, writeToken)).status).toBe(200);
});

test('a signed upload ends with the session it was made in, and with the right', async () => {
  const device = await stage.signIn(stage.ayesha);
  const made = await bucketOf(device).createSignedUploadUrl(`${folder}/ended.pdf`);
  await device.supabase.auth.signOut({ scope: 'local' });
  const put = (token: string, path: string) =>
    fetch(`${stage.app.url}/storage/v1/object/upload/sign/${bucketName}/${path}?token=${token}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/pdf' },
      body: bytes as Uint8Array<ArrayBuffer>,
    });
  expect((await put(made.data!.token, `${folder}/ended.pdf`)).status).toBe(401);
});

test('names are taken for what they are: no trick reaches another folder, header or disk', async () => {
  const tricks = [
    '..',
    '../x.pdf',
    `${stage.zain.id}/../${stage.ayesha.id}/x.pdf`,
    `${stage.zain.id}/x/..%2f..%2f${stage.ayesha.id}/x.pdf`,
    `${stage.zain.id}/x/%252e%252e/x.pdf`,
    `${stage.zain.id}/x/\u2024\u2024/x.pdf`,
    `${stage.zain.id}/x/a\0.pdf`,
    `${stage.zain.id}/x/a\r\nset-cookie: a=b.pdf`,
    `${stage.zain.id}\\x\\a.pdf`,
    `C:/x/a.pdf`,
    `${stage.zain.id}/x/con.pdf.`,
    `${stage.zain.id}/x/.htaccess`,
    `${stage.zain.id}/${'x/'.repeat(20)}a.pdf`,
    `${stage.zain.id}/x/${'a'.repeat(300)}.pdf`,
  ];
  for (const path of tricks) {
    const { error } = await bucketOf(zain).upload(encodeURI(path), bytes, pdf);
    expect([path, error === null]).toEqual([path, false]);
    const signed = await zain.call('POST', `/storage/v1/object/sign/${bucketName}`, { expiresIn: 60, paths: [path] });
    expect(JSON.stringify(await signed.json())).not.toContain('token=');
    for (const verb of ['move', 'copy'])
      expect(
        (
          await zain.call('POST', `/storage/v1/object/${verb}`, {
            bucketId: bucketName,
            sourceKey: `${stage.zain.id}/x/1/mine.pdf`,
            destinationKey: path,
          })
        ).status,
      ).toBe(400);
  }
});

test('what a file is said to be is not what it is served as', async () => {
  const path = `${stage.zain.id}/x/1/page.txt`;
  const page = '<!doctype html><script>alert(document.domain)</script>';
  await bucketOf(zain)
    .upload(path, page, { contentType: 'text/html', cacheControl: 'x\r\nset-cookie: a=b' })
    .catch(() => null);
  await bucketOf(zain).upload(path, page, { contentType: 'text/html', upsert: true });
  const { data } = await bucketOf(zain).createSignedUrl(path, 60);
  const response = await fetch(data!.signedUrl);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/default-src 'none'.*sandbox/),
  });
  expect(response.headers.get('set-cookie')).toBeNull();
});
