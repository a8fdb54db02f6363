import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/api-client.ts';
import {
  announce,
  openStage,
  pdfBytes,
  pushRow,
  sha256,
  type Announced,
  type Stage,
} from '../../testing/files-stage.ts';
import { insertRow } from '../../seed/insert-rows.ts';

const bytes = pdfBytes(300_000);
let stage: Stage;
let ayesha: Client;
let zain: Client;
let bilal: Client;
let hamid: Client;
/** Work that Ayesha handed in. */
let work: Announced;
/** Attachments of the open and of the locked lesson. */
let openFile: Announced;
let lockedFile: Announced;

beforeAll(async () => {
  stage = await openStage();
  const { signIn } = stage;
  [ayesha, zain] = [await signIn(stage.ayesha), await signIn(stage.zain)];
  [bilal, hamid] = [await signIn(stage.bilal), await signIn(stage.hamid)];
  work = announce(stage.ayesha, stage.assignment, bytes);
  const submission = randomUUID();
  await pushRow(stage, work, { linked_table: 'submissions', linked_id: submission });
  await ayesha.supabase.storage.from(work.bucket).upload(work.path, bytes);
  await insertRow(stage.database.server, 'submissions', {
    id: submission,
    student_id: stage.ayesha.id,
    assignment_id: stage.assignment,
    file_ids: [work.id],
    client_submitted_at: new Date().toISOString(),
  });
  openFile = await attach(stage.open);
  lockedFile = await attach(stage.locked);
});
afterAll(() => stage.close());

/** An admin's file on a lesson, as the content screens will make it. */
async function attach(lesson: string): Promise<Announced> {
  const admin = await stage.signIn(stage.dua);
  const id = randomUUID();
  const [bucket, path] = ['attachments', `lessons/${lesson}/${id}.pdf`];
  const row = {
    id,
    bucket,
    owner_id: stage.dua.id,
    path,
    original_name: 'sheet.pdf',
    mime: 'application/pdf',
    bytes: bytes.length,
    sha256: sha256(bytes),
  };
  const file = { id, bucket, path, row };
  const attachment = await insertRow(stage.database.server, 'recording_attachments', {
    lesson_id: lesson,
    file_name: 'sheet.pdf',
  });
  await pushRow(stage, file, { linked_table: 'recording_attachments', linked_id: attachment });
  await stage.database.server.query('update recording_attachments set file_id = $1 where id = $2', [id, attachment]);
  const { error } = await admin.supabase.storage.from(bucket).upload(path, bytes);
  expect(error).toBeNull();
  return file;
}

const readable = async (client: Client, { bucket, path }: Announced): Promise<boolean> =>
  (await client.supabase.storage.from(bucket).download(path)).error === null;

async function sign(client: Client, { bucket, path }: Announced, seconds = 600): Promise<string | null> {
  const { data } = await client.supabase.storage.from(bucket).createSignedUrl(path, seconds);
  return data?.signedUrl ?? null;
}

describe('work that was handed in', () => {
  test('is read by its student, the reviewing mentor and staff', async () => {
    const dua = await stage.signIn(stage.dua);
    for (const client of [ayesha, bilal, dua]) expect(await readable(client, work)).toBe(true);
  });

  test('another student cannot read it by path', async () => {
    expect(await readable(zain, work)).toBe(false);
  });

  test('another student cannot have its address signed, alone or among others', async () => {
    expect(await sign(zain, work)).toBeNull();
    const { data } = await zain.supabase.storage.from(work.bucket).createSignedUrls([work.path], 60);
    expect(data).toMatchObject([{ signedUrl: null }]);
    expect(data![0]!.error).not.toBeNull();
  });

  test('another student cannot use a stolen signed address with their own session', async () => {
    const address = (await sign(ayesha, work))!;
    const stolen = await fetch(address, { headers: { authorization: `Bearer ${zain.session.access_token}` } });
    expect(stolen.status).toBe(401);
  });

  test('another student cannot read a byte of it by Range', async () => {
    const url = `/storage/v1/object/${work.bucket}/${work.path}`;
    expect((await zain.call('GET', url, undefined, { range: 'bytes=0-0' })).status).toBe(404);
  });

  test('a mentor who does not review it cannot read it', async () => {
    expect(await readable(hamid, work)).toBe(false);
    expect(await sign(hamid, work)).toBeNull();
  });

  test('nobody reads it without a session', async () => {
    expect((await fetch(`${stage.app.url}/storage/v1/object/${work.bucket}/${work.path}`)).status).toBe(401);
    expect(
      (await fetch(`${stage.app.url}/storage/v1/object/public/${work.bucket}/${work.path}`)).status,
    ).toBeGreaterThanOrEqual(400);
  });

  test('a refusal does not tell whether the file exists', async () => {
    const answers = await Promise.all(
      [work.path, `${stage.ayesha.id}/${stage.assignment}/1/${randomUUID()}.pdf`].map(async (path) =>
        (await zain.call('GET', `/storage/v1/object/${work.bucket}/${path}`)).json(),
      ),
    );
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe('a signed address', () => {
  test('gives whole, part, nothing new, and what lies outside', async () => {
    const address = (await sign(ayesha, work))!;
    const whole = await fetch(address);
    expect(whole.status).toBe(200);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-type': 'application/pdf',
      'content-length': String(bytes.length),
      'content-disposition': 'inline',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
    });
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);

    const part = await fetch(address, { headers: { range: 'bytes=100-199' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${bytes.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true);

    const etag = whole.headers.get('etag')!;
    expect((await fetch(address, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await fetch(address, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })).status).toBe(200);
    expect((await fetch(address, { headers: { range: 'bytes=0-9', 'if-range': etag } })).status).toBe(206);
    const outside = await fetch(address, { headers: { range: `bytes=${bytes.length}-` } });
    expect(outside.status).toBe(416);
    expect(outside.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  });

  test('answers HEAD without a body', async () => {
    const head = await fetch((await sign(ayesha, work))!, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(bytes.length));
  });

  test('saves under the name its owner gave it when that is asked', async () => {
    const { data } = await ayesha.supabase.storage.from(work.bucket).createSignedUrl(work.path, 60, { download: true });
    const answer = await fetch(data!.signedUrl);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="plan.pdf"; filename*=UTF-8''plan.pdf`,
    );
    await answer.body?.cancel();
  });

  test('cannot be widened to another object, a longer life or another method', async () => {
    const address = new URL((await sign(ayesha, work))!);
    const token = address.searchParams.get('token')!;
    const other = await fetch(
      `${stage.app.url}/storage/v1/object/sign/${openFile.bucket}/${openFile.path}?token=${token}`,
    );
    expect(other.status).toBe(401);
    const [payload, signature] = token.split('.');
    const fields = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as unknown[];
    const longer = Buffer.from(JSON.stringify([...fields.slice(0, 3), 9_999_999_999])).toString('base64url');
    address.searchParams.set('token', `${longer}.${signature}`);
    expect((await fetch(address)).status).toBe(401);
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const answer = await fetch((await sign(ayesha, work))!, { method });
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  test('lives for ten minutes at most, whatever was asked', async () => {
    const address = new URL((await sign(ayesha, work, 999_999))!);
    const payload = address.searchParams.get('token')!.split('.')[0]!;
    const [, , , expires] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
      string,
      string,
      string,
      number,
    ];
    expect(expires - Date.now() / 1000).toBeLessThanOrEqual(600);
  });

  test('ends with the session it was made in', async () => {
    const device = await stage.signIn(stage.ayesha);
    const address = (await sign(device, work))!;
    expect((await fetch(address, { headers: { range: 'bytes=0-0' } })).status).toBe(206);
    await device.supabase.auth.signOut({ scope: 'local' });
    expect((await fetch(address, { headers: { range: 'bytes=0-0' } })).status).toBe(401);
  });

  test('asks the right again on every Range: a mentor who no longer covers the student reads no further', async () => {
    const address = (await sign(bilal, work))!;
    const range = (value: string) => fetch(address, { headers: { range: value } });
    expect((await range('bytes=0-99')).status).toBe(206);
    await stage.database.server.query('update student_mentor_assignments set ended_at = now() where mentor_id = $1', [
      stage.bilal.id,
    ]);
    await stage.database.server.query('update mentor_course_assignments set is_deleted = true where mentor_id = $1', [
      stage.bilal.id,
    ]);
    expect((await range('bytes=100-199')).status).toBe(404);
    await stage.database.server.query('update student_mentor_assignments set ended_at = null where mentor_id = $1', [
      stage.bilal.id,
    ]);
    await stage.database.server.query('update mentor_course_assignments set is_deleted = false where mentor_id = $1', [
      stage.bilal.id,
    ]);
    expect((await range('bytes=100-199')).status).toBe(206);
  });

  test('stops in the middle of a running answer within a second or two of the revocation', async () => {
    const big = pdfBytes(20_000_000);
    const file = announce(stage.ayesha, stage.assignment, big);
    await pushRow(stage, file);
    await ayesha.supabase.storage.from(file.bucket).upload(file.path, big);
    const device = await stage.signIn(stage.ayesha);
    const address = (await sign(device, file))!;
    const received = await new Promise<{ complete: boolean; bytes: number }>((resolve, reject) => {
      let seen = 0;
      const call = httpRequest(address, (answer) => {
        answer.on('error', () => undefined);
        answer.on('readable', () => undefined);
        // Reads as slowly as a player does; the session ends while it reads.
        const reader = setInterval(() => (seen += (answer.read(65_536) as Buffer | null)?.length ?? 0), 20);
        answer.on('close', () => {
          clearInterval(reader);
          resolve({ complete: answer.complete, bytes: seen });
        });
        device.supabase.auth.signOut({ scope: 'local' }).catch(reject);
      });
      call.on('error', reject);
      call.end();
    });
    expect(received.complete).toBe(false);
    expect(received.bytes).toBeLessThan(big.length);
  });
});

describe('attachments of lessons', () => {
  test('of an open lesson are read by the student and the mentor', async () => {
    expect(await readable(ayesha, openFile)).toBe(true);
    expect(await readable(bilal, openFile)).toBe(true);
  });

  test("of a locked lesson cannot be read by a student's token", async () => {
    expect(await readable(ayesha, lockedFile)).toBe(false);
    expect(await sign(ayesha, lockedFile)).toBeNull();
    expect(await readable(zain, openFile)).toBe(false);
  });

  test('a student in restricted mode reads none, but still the own work', async () => {
    const set = (status: string, reason: string | null) =>
      stage.database.server.query('update users set lms_status = $2, lms_status_reason = $3 where id = $1', [
        stage.ayesha.id,
        status,
        reason,
      ]);
    const address = (await sign(ayesha, openFile))!;
    await set('suspended', 'overdue');
    expect(await readable(ayesha, openFile)).toBe(false);
    expect((await fetch(address)).status).toBe(404);
    expect(await readable(ayesha, work)).toBe(true);
    await set('active', null);
    expect(await readable(ayesha, openFile)).toBe(true);
  });

  test('a lesson that locks again takes its attachments with it', async () => {
    const set = (open: boolean) =>
      stage.database.server.query('update user_unlocks set is_unlocked = $3 where user_id = $1 and lesson_id = $2', [
        stage.ayesha.id,
        stage.open,
        open,
      ]);
    const address = (await sign(ayesha, openFile))!;
    await set(false);
    expect((await fetch(address, { headers: { range: 'bytes=0-9' } })).status).toBe(404);
    await set(true);
    expect((await fetch(address, { headers: { range: 'bytes=0-9' } })).status).toBe(206);
  });
});

test('a picture is read by its owner at once, and by others once the person shows it and they see the person', async () => {
  const id = randomUUID();
  const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const [bucket, path] = ['attachments', `avatars/${stage.ayesha.id}/${id}.png`];
  const owner = { owner_id: stage.ayesha.id, original_name: 'me.png', mime: 'image/png' };
  const file = {
    id,
    bucket,
    path,
    row: { id, bucket, path, ...owner, bytes: picture.length, sha256: sha256(picture) },
  };
  await pushRow(stage, file, { linked_table: 'users', linked_id: stage.ayesha.id });
  const { error } = await ayesha.supabase.storage.from(bucket).upload(path, picture);
  expect(error).toBeNull();
  expect(await readable(ayesha, file)).toBe(true);
  expect(await readable(bilal, file)).toBe(false);
  await stage.database.server.query('update users set avatar_file_id = $2 where id = $1', [stage.ayesha.id, id]);
  expect(await readable(bilal, file)).toBe(true);
  expect(await readable(zain, file)).toBe(false);
});

test("a student's token cannot read the stored media of a lesson through storage", async () => {
  const { rows } = await stage.database.server.query<{ path: string }>(
    "select path from files where bucket = 'lesson-media'",
  );
  expect(rows).toHaveLength(2);
  for (const { path } of rows) {
    expect((await ayesha.call('GET', `/storage/v1/object/lesson-media/${path}`)).status).toBe(404);
    expect((await ayesha.call('POST', `/storage/v1/object/sign/lesson-media/${path}`, { expiresIn: 60 })).status).toBe(
      404,
    );
  }
});
