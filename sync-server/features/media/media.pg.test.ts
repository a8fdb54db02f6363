import { createDecipheriv, createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  lessonDownloadResponseSchema,
  mediaChunkBytes,
  type LessonDownloadResponse,
  type LessonMediaResponse,
} from '#contract/api/media.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Client } from '../../testing/api-client.ts';
import { openStage, type Stage } from '../../testing/files-stage.ts';
import { storeLessonMedia } from './index.ts';

let stage: Stage;
let ayesha: Client;
let zain: Client;
let bilal: Client;
let hamid: Client;

beforeAll(async () => {
  stage = await openStage();
  const { signIn } = stage;
  [ayesha, zain] = [await signIn(stage.ayesha), await signIn(stage.zain)];
  [bilal, hamid] = [await signIn(stage.bilal), await signIn(stage.hamid)];
});
afterAll(() => stage.close());

type Answer<T> = { status: number; data: T; code?: string };

async function command<T>(client: Client, name: string, lesson: string): Promise<Answer<T>> {
  const response = await client.call('POST', `/functions/v1/${name}`, { lesson_id: lesson });
  const body = (await response.json()) as { data: T; code?: string };
  return { status: response.status, data: body.data, code: body.code };
}
const play = (client: Client, lesson: string) => command<LessonMediaResponse>(client, 'lesson-media-url', lesson);
const keep = (client: Client, lesson: string) =>
  command<LessonDownloadResponse>(client, 'request-lesson-download', lesson);

const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

async function setAccount(status: string, reason: string | null): Promise<void> {
  await stage.database.server.query('update users set lms_status = $2, lms_status_reason = $3 where id = $1', [
    stage.ayesha.id,
    status,
    reason,
  ]);
}

describe('an open lesson', () => {
  test('plays whole and in parts', async () => {
    const { status, data } = await play(ayesha, stage.open);
    expect(status).toBe(200);
    expect(data).toMatchObject({ provider: 'file', mime: 'video/webm', duration_seconds: 20 });
    const whole = await fetch(data.url);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('video/webm');
    expect((await bytesOf(whole)).equals(stage.clip.bytes)).toBe(true);

    for (const [from, to] of [
      [0, 0],
      [1, 1],
      [15, 17],
      [4097, 70_001],
      [stage.clip.bytes.length - 5, stage.clip.bytes.length - 1],
    ] as const) {
      const part = await fetch(data.url, { headers: { range: `bytes=${from}-${to}` } });
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to}/${stage.clip.bytes.length}`);
      expect((await bytesOf(part)).equals(stage.clip.bytes.subarray(from, to + 1))).toBe(true);
    }
    expect((await fetch(data.url, { headers: { range: 'bytes=99999999-' } })).status).toBe(416);
  });

  test('has its captions, as text and behind an address of their own', async () => {
    const { data } = await play(ayesha, stage.open);
    expect(data.captions).toMatchObject([{ language: 'en', label: 'English' }]);
    expect(data.captions[0]!.vtt).toMatch(/^WEBVTT/);
    const answer = await fetch(data.captions[0]!.url);
    expect(answer.headers.get('content-type')).toBe('text/vtt; charset=utf-8');
    expect(await answer.text()).toBe(data.captions[0]!.vtt);
  });

  test('plays for the mentor who covers it and for staff, and not for another mentor', async () => {
    const dua = await stage.signIn(stage.dua);
    expect((await play(bilal, stage.locked)).status).toBe(200);
    expect((await play(dua, stage.locked)).status).toBe(200);
    expect((await play(hamid, stage.open)).status).toBe(404);
  });
});

describe('a locked lesson', () => {
  test("a student's token cannot read a locked lesson's media", async () => {
    expect(await play(ayesha, stage.locked)).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
    expect(await keep(ayesha, stage.locked)).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
    expect((await play(zain, stage.open)).status).toBe(403);
  });

  test("a student's token cannot read a locked lesson's media or captions with the address of an open one", async () => {
    const { data } = await play(ayesha, stage.open);
    for (const url of [data.url, data.captions[0]!.url]) {
      expect((await fetch(url.replaceAll(stage.open, stage.locked))).status).toBe(401);
    }
    // Captions and film have a token each, and neither opens the other.
    const token = new URL(data.captions[0]!.url).searchParams.get('token');
    expect((await fetch(`${stage.app.url}/media/v1/${stage.open}/stream?token=${token}`)).status).toBe(401);
    expect((await fetch(`${stage.app.url}/media/v1/${stage.open}/cipher?token=${token}`)).status).toBe(401);
  });

  test("a student's token cannot read a locked lesson's captions or media by guessing their address", async () => {
    for (const part of ['stream', 'cipher', 'captions/en.vtt']) {
      expect((await ayesha.call('GET', `/media/v1/${stage.locked}/${part}`)).status).toBe(401);
      expect((await ayesha.call('GET', `/media/v1/${stage.locked}/${part}?token=x.y`)).status).toBe(401);
    }
  });

  test('that locked again stops at the next Range', async () => {
    const { data } = await play(ayesha, stage.open);
    const unlock = (open: boolean) =>
      stage.database.server.query('update user_unlocks set is_unlocked = $2 where user_id = $1', [
        stage.ayesha.id,
        open,
      ]);
    await unlock(false);
    expect((await fetch(data.url, { headers: { range: 'bytes=0-9' } })).status).toBe(403);
    expect((await fetch(data.captions[0]!.url)).status).toBe(403);
    await unlock(true);
    expect((await fetch(data.url, { headers: { range: 'bytes=0-9' } })).status).toBe(206);
  });

  test('that does not exist is not found', async () => {
    expect((await play(ayesha, randomUUID())).status).toBe(404);
    expect((await command(ayesha, 'lesson-media-url', 'x')).status).toBe(422);
  });
});

describe('an ended right', () => {
  test.each([
    ['overdue', 'suspended'],
    ['unpaid', 'suspended'],
    [null, 'inactive'],
    [null, 'refunded'],
  ])('a student in restricted mode (%s, %s) plays and keeps nothing', async (reason, status) => {
    const { data } = await play(ayesha, stage.open);
    await setAccount(status, reason);
    expect(await play(ayesha, stage.open)).toMatchObject({ status: 403, code: 'ACCOUNT_RESTRICTED' });
    expect(await keep(ayesha, stage.open)).toMatchObject({ status: 403, code: 'ACCOUNT_RESTRICTED' });
    expect((await fetch(data.url, { headers: { range: 'bytes=0-9' } })).status).toBe(403);
    await setAccount('active', null);
    expect((await play(ayesha, stage.open)).status).toBe(200);
  });

  test('a revoked session is refused within a second, also with addresses it was given before', async () => {
    const device = await stage.signIn(stage.ayesha);
    const [playing, kept] = [await play(device, stage.open), await keep(device, stage.open)];
    await stage.database.server.query('update auth_sessions set revoked_at = now() where device_id = $1', [
      device.deviceId,
    ]);
    const started = performance.now();
    const answers = await Promise.all([
      fetch(playing.data.url, { headers: { range: 'bytes=0-9' } }),
      fetch(kept.data.url, { headers: { range: 'bytes=0-9' } }),
      fetch(playing.data.captions[0]!.url),
      device.call('POST', '/functions/v1/lesson-media-url', { lesson_id: stage.open }),
    ]);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  test("another student's session cannot use the address", async () => {
    const { data } = await play(ayesha, stage.open);
    const stolen = await fetch(data.url, { headers: { authorization: `Bearer ${zain.session.access_token}` } });
    expect(stolen.status).toBe(401);
  });
});

describe('keeping a lesson on a device', () => {
  beforeEach(() =>
    stage.database.server.query("delete from user_activity_logs where activity_type = 'lesson_downloaded'"),
  );

  test('gives a manifest the desktop takes, and ciphertext that opens with it', async () => {
    const { data } = await keep(ayesha, stage.open);
    expect(lessonDownloadResponseSchema.parse(data)).toEqual(data);
    const whole = await bytesOf(await fetch(data.url));
    expect(whole).toHaveLength(data.bytes);
    expect(whole.equals(stage.clip.bytes)).toBe(false);
    const chunks = Math.ceil(whole.length / mediaChunkBytes);
    const hashes = Array.from({ length: chunks }, (_, index) =>
      createHash('sha256')
        .update(whole.subarray(index * mediaChunkBytes, (index + 1) * mediaChunkBytes))
        .digest('hex'),
    );
    expect(data.chunk_sha256).toEqual(hashes);
    const decipher = createDecipheriv(
      'aes-256-ctr',
      Buffer.from(data.content_key, 'base64'),
      Buffer.from(data.iv, 'base64'),
    );
    expect(decipher.update(whole).equals(stage.clip.bytes)).toBe(true);
  });

  test('goes on from any byte', async () => {
    const { data } = await keep(ayesha, stage.open);
    const [first, rest] = await Promise.all([
      fetch(data.url, { headers: { range: 'bytes=0-70000' } }).then(bytesOf),
      fetch(data.url, { headers: { range: 'bytes=70001-' } }).then(bytesOf),
    ]);
    expect(Buffer.concat([first, rest]).equals(await bytesOf(await fetch(data.url)))).toBe(true);
  });

  test('ends with the lease, and never after the access ends', async () => {
    const day = 86_400_000;
    const near = (iso: string, days: number) =>
      expect(Math.abs(Date.parse(iso) - Date.now() - days * day)).toBeLessThan(60_000);
    near((await keep(ayesha, stage.open)).data.valid_until, 14);
    await stage.database.server.query(
      "update course_enrollments set access_expires_at = now() + interval '3 days' where student_id = $1",
      [stage.ayesha.id],
    );
    near((await keep(ayesha, stage.open)).data.valid_until, 3);
    await stage.database.server.query('update course_enrollments set access_expires_at = null where student_id = $1', [
      stage.ayesha.id,
    ]);
  });

  test('ahead is allowed where the server said so, as ciphertext only', async () => {
    await stage.database.server.query(
      `insert into user_unlocks (user_id, lesson_id, is_unlocked, source, reason, offline_openable)
       values ($1, $2, false, 'rule', 'previous_lesson_not_watched', true)`,
      [stage.ayesha.id, stage.locked],
    );
    const { status, data } = await keep(ayesha, stage.locked);
    expect(status).toBe(200);
    expect((await fetch(data.url)).status).toBe(200);
    expect((await play(ayesha, stage.locked)).status).toBe(403);
    expect((await fetch(data.url.replace('/cipher', '/stream'))).status).toBe(401);
    await stage.database.server.query('delete from user_unlocks where lesson_id = $1', [stage.locked]);
    expect((await fetch(data.url)).status).toBe(403);
  });

  test('is one line a day in the log, however often the address is renewed', async () => {
    for (let times = 0; times < 3; times += 1) await keep(ayesha, stage.open);
    const { rows } = await stage.database.server.query(
      "select reference_id from user_activity_logs where user_id = $1 and activity_type = 'lesson_downloaded'",
      [stage.ayesha.id],
    );
    expect(rows).toEqual([{ reference_id: stage.open }]);
  });

  test('a replaced file has a new key and the old bytes are gone', async () => {
    const before = (await keep(ayesha, stage.open)).data;
    await storeLessonMedia(stage.app.deps, stage.open, stage.clip.media, { mime: 'video/webm', durationSeconds: 20 });
    const after = (await keep(ayesha, stage.open)).data;
    expect(after.content_key).not.toBe(before.content_key);
    expect(after.chunk_sha256).not.toEqual(before.chunk_sha256);
    expect(after.captions).toEqual([]);
    const { rows } = await stage.database.server.query(
      "select status from files where bucket = 'lesson-media' and linked_id = $1 order by created_at",
      [stage.open],
    );
    expect(rows).toEqual([{ status: 'deleted' }, { status: 'ready' }]);
    expect((await bytesOf(await fetch((await play(ayesha, stage.open)).data.url))).equals(stage.clip.bytes)).toBe(true);
  });

  test('no key, address or file id of media is in what a person may select', async () => {
    for (const person of [stage.ayesha, stage.bilal, stage.dua]) {
      const select = (column: string) =>
        asActor(stage.database.people, person, (tx) =>
          tx.query(`select ${column} from lesson_media where id = $1`, [stage.open]),
        );
      expect((await select('sha256')).rowCount).toBe(1);
      for (const column of ['content_key_enc', 'url_enc', 'file_id', '*']) {
        await expect(select(column)).rejects.toThrow(/permission denied/);
      }
    }
  });
});
