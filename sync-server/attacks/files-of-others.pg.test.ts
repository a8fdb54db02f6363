import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../testing/api-client.ts';
import {
  announce,
  createUpload,
  openStage,
  patchUpload,
  pdfBytes,
  pushRow,
  statusOf,
  tusHeaders,
  type Stage,
} from '../testing/files-stage.ts';
import { operation } from '../testing/operations.ts';
import { createSubmission } from '../testing/people.ts';
import { pull, push } from '../testing/sync-client.ts';

/** Files of others: taken along with one's own work, put where they are read by more people, or replaced. */

let stage: Stage;
let ayesha: Client;
let zain: Client;
const bytes = pdfBytes(2000);
beforeAll(async () => {
  stage = await openStage();
  [ayesha, zain] = [await stage.signIn(stage.ayesha), await stage.signIn(stage.zain)];
});
afterAll(() => stage.close());

/** A file that is wholly Ayesha's: announced, sent, ready. */
async function ready(owner = ayesha, person: { id: string } = stage.ayesha) {
  const file = announce(person, stage.assignment, bytes);
  await pushRow(stage, file);
  const { supabase, session } = owner;
  await supabase.auth.setSession(session);
  const { error } = await supabase.storage
    .from(file.bucket)
    .upload(file.path, bytes, { contentType: 'application/pdf' });
  expect(error).toBeNull();
  expect(await statusOf(stage, file.id)).toBe('ready');
  return file;
}
const work = (client: Client, file_ids: string[]) =>
  operation('submissions', randomUUID(), {
    set: {
      assignment_id: stage.assignment,
      student_id: client.userId,
      content: null,
      links: [],
      file_ids,
      client_submitted_at: new Date().toISOString(),
      based_on: null,
    },
  });

test("another person's file is not taken along with one's own work, whether it is there or not", async () => {
  const file = await ready();
  await stage.database.server.query('update user_unlocks set is_unlocked = true where user_id = $1', [zain.userId]);
  await stage.database.server.query(
    "insert into user_unlocks (user_id, lesson_id, is_unlocked, unlocked_at, source) values ($1, $2, true, now(), 'manual') on conflict (user_id, lesson_id) do update set is_unlocked = true, unlocked_at = now()",
    [zain.userId, stage.open],
  );
  const [taken, invented] = await push(zain, [work(zain, [file.id]), work(zain, [randomUUID()])]);
  expect({ ...taken, op: 0 }).toEqual({ ...invented, op: 0 });
  expect(taken).toMatchObject({ s: 'wait', reason: 'files' });
  expect((await zain.call('GET', `/storage/v1/object/${file.bucket}/${file.path}`)).status).toBe(404);
});

test('a file is linked to nothing of others: no lesson, no attempt, no person', async () => {
  const others = await createSubmission(stage.database.server, stage.ayesha.id, stage.assignment);
  const places: [string, string][] = [
    ['recording_attachments', stage.open],
    ['recording_attachments', randomUUID()],
    ['available_lessons', stage.open],
    ['lesson_media', stage.open],
    ['submissions', others],
    ['users', stage.ayesha.id],
    ['mentors', stage.bilal.id],
    ['users', stage.bilal.id],
    ['nothing', zain.userId],
  ];
  for (const [linked_table, linked_id] of places) {
    const { row, id } = announce(stage.zain, stage.assignment, bytes);
    expect(await push(zain, [operation('files', id, { set: { ...row, linked_table, linked_id } })])).toMatchObject([
      { s: 'refused', code: 'not_allowed' },
    ]);
  }
  const bilal = await stage.signIn(stage.bilal);
  expect(
    (await pull(bilal, null)).docs.filter(({ type, owner_id }) => type === 'files' && owner_id === zain.userId),
  ).toEqual([]);
});

test('a file is announced for nobody else and nowhere else: other owners, folders, buckets and states', async () => {
  const wrong: Record<string, unknown>[] = [
    { owner_id: stage.ayesha.id },
    { owner_id: null },
    { path: `${stage.ayesha.id}/x/1/ID.pdf` },
    { path: `${stage.zain.id}/../${stage.ayesha.id}/1/ID.pdf` },
    { path: `/etc/ID.pdf` },
    { path: `${stage.zain.id}/x/1/${randomUUID()}.pdf` },
    { bucket: 'lesson-media' },
    { bucket: 'company-logos' },
    { bucket: 'attachments', path: `lessons/ID.pdf` },
    { bucket: 'attachments', path: `avatars/${stage.ayesha.id}/ID.png`, mime: 'image/png' },
  ];
  for (const set of wrong) {
    const { row, id } = announce(stage.zain, stage.assignment, bytes);
    const path = typeof set['path'] === 'string' ? { path: set['path'].replace('ID', id) } : {};
    const [verdict] = await push(zain, [operation('files', id, { set: { ...row, ...set, ...path } })]);
    expect([JSON.stringify(set), verdict!.s]).toEqual([JSON.stringify(set), 'refused']);
  }
  const { row, id } = announce(stage.zain, stage.assignment, bytes);
  await push(zain, [
    operation('files', id, { set: { ...row, status: 'ready', scanned_at: new Date().toISOString() } }),
  ]);
  expect(await statusOf(stage, id)).toBe('local');
});

test("another person's bytes are not replaced, continued or taken over", async () => {
  const file = await ready();
  const mine = pdfBytes(2000).fill('z', 20);
  expect((await createUpload(stage.app, zain, file, mine.length)).status).toBe(403);
  expect(
    (await createUpload(stage.app, zain, { ...file, path: `${stage.zain.id}/1/1/${file.id}.pdf` }, mine.length)).status,
  ).toBeLessThan(500);
  const { supabase, session } = zain;
  await supabase.auth.setSession(session);
  for (const upsert of [true, false])
    expect(
      (await supabase.storage.from(file.bucket).upload(file.path, mine, { contentType: 'application/pdf', upsert }))
        .error,
    ).not.toBeNull();
  expect((await supabase.storage.from(file.bucket).update(file.path, mine)).error).not.toBeNull();
  expect(
    (await supabase.storage.from(file.bucket).move(file.path, `${stage.zain.id}/1/1/${file.id}.pdf`)).error,
  ).not.toBeNull();
  expect(
    (await supabase.storage.from(file.bucket).copy(file.path, `${stage.zain.id}/1/1/${randomUUID()}.pdf`)).error,
  ).not.toBeNull();
  expect((await supabase.storage.from(file.bucket).remove([file.path])).data).toEqual([]);

  const half = announce(stage.ayesha, stage.assignment, bytes);
  await pushRow(stage, half);
  const location = (await createUpload(stage.app, ayesha, half, bytes.length)).headers.get('location')!;
  await patchUpload(stage.app, ayesha, location, 0, bytes.subarray(0, 1000));
  expect((await patchUpload(stage.app, zain, location, 1000, mine.subarray(1000))).status).toBe(404);
  for (const method of ['HEAD', 'DELETE'])
    expect((await fetch(new URL(location, stage.app.url), { method, headers: tusHeaders(zain) })).status).toBe(404);
  expect((await patchUpload(stage.app, ayesha, location, 1000, bytes.subarray(1000))).status).toBe(204);
  for (const { bucket, path } of [file, half]) {
    const stored = await ayesha.call('GET', `/storage/v1/object/${bucket}/${path}`);
    expect(Buffer.from(await stored.arrayBuffer()).equals(bytes)).toBe(true);
  }
});

test('nobody fills the disk with files that are never announced', async () => {
  // Files that were brought and never handed in; the last few come by the door itself.
  await stage.database.server.query(
    `insert into files (id, bucket, owner_id, path, original_name, mime, bytes, sha256, status)
     select gen_random_uuid(), 'assignment-submissions', $1::uuid, $1::uuid || '/x/' || n || '.pdf', 'a', 'application/pdf', 1, repeat('a', 64), 'ready'
     from generate_series(1, 196) n`,
    [stage.zain.id],
  );
  const statuses: number[] = [];
  for (let at = 0; at < 8; at++) {
    const { bucket, path } = announce(stage.zain, stage.assignment, bytes);
    const headers = { authorization: `Bearer ${zain.session.access_token}`, 'content-type': 'application/pdf' };
    const response = await fetch(`${stage.app.url}/storage/v1/object/${bucket}/${path}`, {
      method: 'POST',
      headers,
      body: bytes as Uint8Array<ArrayBuffer>,
    });
    statuses.push(response.status);
    await response.body?.cancel();
  }
  expect(new Set(statuses.slice(-3))).toEqual(new Set([429]));
  expect(statuses[0]).toBe(200);
  // Uploads that wait for a row which never comes.
  const open = [];
  for (let at = 0; at < 45; at++)
    open.push((await createUpload(stage.app, zain, announce(stage.zain, stage.assignment, bytes), 2000)).status);
  expect(open.at(-1)).toBe(429);
  // Nor does that keep anybody else from sending theirs.
  await ready();
});

test('a download’s name puts nothing into the answer’s headers', async () => {
  const file = await ready();
  for (const name of ['a\r\nset-cookie: x=1', 'a"; x="', '\0', '../../x', '😀', 'x'.repeat(3000)]) {
    const response = await ayesha.call(
      'GET',
      `/storage/v1/object/${file.bucket}/${file.path}?download=${encodeURIComponent(name)}`,
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="[\w. -]*"; filename\*=UTF-8''[\w.%!~*()-]*$/,
    );
    await response.body?.cancel();
  }
});
