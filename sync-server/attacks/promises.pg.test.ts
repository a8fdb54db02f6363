import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import type { WireDoc } from '#contract/protocol.ts';
import { insertRow } from '../seed/insert-rows.ts';
import { createSupabase } from '../testing/api-client.ts';
import { createSubmission } from '../testing/people.ts';
import { e2eIds, openStage, password, type Stage } from './stage.fixture.ts';

/**
 * What a student must never be able to do, each promise by its name, with nothing but a token and `fetch`, as with curl, and
 * with supabase-js. The other files here try the same promises in many more ways.
 */

let stage: Stage;
let token: string;
let me: string;
beforeAll(async () => {
  stage = await openStage();
  const { server } = stage.database;
  await createSubmission(server, stage.zain.id, e2eIds.w1, { content: 'SECRET work of Zain' });
  await insertRow(server, 'lesson_notes', {
    user_id: stage.zain.id,
    lesson_id: e2eIds.l1,
    body: 'SECRET note of Zain',
  });
  await insertRow(server, 'notifications', {
    user_id: stage.zain.id,
    type: 'x',
    title: 'SECRET notice',
    body: 'SECRET',
  });
  await stage.rows("update available_lessons set notes = 'SECRET notes of a mentor'");
});
afterAll(() => stage.close());
beforeEach(async () => {
  const { data, error } = await createSupabase(stage.server.url).auth.signInWithPassword({
    email: 'ayesha@falcon.academy',
    password,
  });
  if (error) throw error;
  token = data.session.access_token;
  me = data.user.id;
});

const ask = (path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') =>
  fetch(stage.server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'sync-protocol': '1', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const pushOne = async (type: string, id: string, set: Record<string, unknown>) => {
  const op = { op: randomUUID(), type, id, base: null, set, client_at: new Date().toISOString() };
  const { verdicts } = (await (await ask('/sync/v1/push', { ops: [op] })).json()) as {
    verdicts: { s: string; doc: WireDoc | null }[];
  };
  return verdicts[0]!;
};
const pulled = async (checkpoint: string | null = null) => (await ask('/sync/v1/pull', { checkpoint })).text();

test("a student's token cannot read another student's rows", async () => {
  for (const checkpoint of [null, 'forged', `${btoa('{"e":"x","s":"1:1:"}')}.x`]) {
    const text = await pulled(checkpoint);
    expect(text).toContain(me);
    for (const foreign of [stage.zain.id, 'SECRET', 'Zain', '+923009990001']) expect(text).not.toContain(foreign);
  }
  const [work] = await stage.rows<{ id: string }>('select id from submissions where student_id = $1', [stage.zain.id]);
  expect(
    (await pushOne('submissions', work!.id, { withdraw_requested_at: new Date().toISOString() })).doc,
  ).toMatchObject({ _deleted: true });
  const supabase = createSupabase(stage.server.url);
  await supabase.auth.signInWithPassword({ email: 'ayesha@falcon.academy', password });
  for (const table of ['submissions', 'lesson_notes', 'users'])
    expect((await supabase.from(table).select()).data).toBeNull();
});

test("a student's token cannot read a locked lesson's media, captions or attachments", async () => {
  for (const name of ['lesson-media-url', 'request-lesson-download']) {
    const response = await ask(`/functions/v1/${name}`, { lesson_id: e2eIds.l2 });
    expect(response.status).toBe(403);
    expect(await response.text()).not.toMatch(/content_key|token=|vtt/i);
  }
  const media = (
    await stage.rows<{ file_id: string }>('select file_id from lesson_media where id = $1', [e2eIds.l2])
  )[0]!.file_id;
  for (const path of [
    `/media/v1/${e2eIds.l2}/stream`,
    `/media/v1/${e2eIds.l2}/cipher`,
    `/media/v1/${e2eIds.l2}/captions/en.vtt`,
    `/storage/v1/object/lesson-media/${media}.webm`,
    `/storage/v1/object/lesson-media/${e2eIds.l2}/${media}.webm`,
    `/lesson-media/${media}`,
    `/captions/${e2eIds.l2}/en.vtt`,
  ]) {
    expect([401, 403, 404]).toContain((await ask(path)).status);
  }
  expect(await pulled()).not.toContain(media);
});

test("a student's token cannot read a mentor's notes", async () => {
  expect(await pulled()).not.toContain('SECRET notes of a mentor');
  const { doc } = await pushOne('available_lessons', e2eIds.l1, { notes: 'mine now' });
  expect(JSON.stringify(doc)).not.toContain('SECRET');
  expect(await stage.rows("select from available_lessons where notes <> 'SECRET notes of a mentor'")).toEqual([]);
});

test("a student's token cannot approve its own work", async () => {
  const work = await createSubmission(stage.database.server, me, e2eIds.w1);
  await pushOne('submissions', work, { status: 'approved', reviewed_by: e2eIds.bilal, score: 100 });
  for (const reviewer_id of [me, e2eIds.bilal]) {
    const set = {
      submission_id: work,
      submission_version: 1,
      reviewer_id,
      decision: 'approved',
      notes: null,
      score: 100,
      reviewed_at_client: new Date().toISOString(),
    };
    expect(await pushOne('submission_reviews', randomUUID(), set)).toMatchObject({ s: 'refused', code: 'not_allowed' });
  }
  expect(await stage.rows('select status, reviewed_by from submissions where id = $1', [work])).toEqual([
    { status: 'pending', reviewed_by: null },
  ]);
});

test("a student's token cannot unlock a lesson", async () => {
  const set = {
    user_id: me,
    lesson_id: e2eIds.l2,
    is_unlocked: true,
    unlocked_at: new Date().toISOString(),
    source: 'manual',
    reason: 'manually_unlocked',
    offline_openable: true,
  };
  expect((await pushOne('user_unlocks', naturalId('user_unlocks', me, e2eIds.l2), set)).s).not.toBe('ok');
  await pushOne('recording_views', naturalId('recording_views', me, e2eIds.l2), {
    user_id: me,
    lesson_id: e2eIds.l2,
    watched: true,
    position_seconds: 60,
    watched_ranges: [[0, 60]],
    duration_seconds: 60,
    last_watched_at: null,
  });
  expect(
    await stage.rows('select is_unlocked from user_unlocks where user_id = $1 and lesson_id = $2', [me, e2eIds.l2]),
  ).toEqual([{ is_unlocked: false }]);
});

test("a student's token cannot raise its role", async () => {
  await pushOne('users', me, { role: 'superadmin', lms_status: 'active', full_name: 'Ayesha' });
  const changed = await ask(
    '/auth/v1/user',
    { data: { role: 'superadmin' }, app_metadata: { role: 'superadmin' }, role: 'superadmin' },
    'PUT',
  );
  expect(changed.status).toBe(403);
  expect((await ask(`/auth/v1/admin/users/${me}`, { app_metadata: { role: 'superadmin' } }, 'PUT')).status).toBe(403);
  expect(await stage.rows('select role from users where id = $1', [me])).toEqual([{ role: 'student' }]);
});
