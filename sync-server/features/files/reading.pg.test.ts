import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { pushRow, sha256 } from '../../testing/files-stage.ts';
import {
  openReadingForTests,
  stage,
  ayesha,
  zain,
  bilal,
  hamid,
  work,
  openFile,
  lockedFile,
  readable,
  sign,
} from './reading.fixture.ts';

openReadingForTests();

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
