import { randomUUID } from 'node:crypto';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asServer } from '../../db/as-actor.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import type { Client } from '../../testing/api-client.ts';
import { createUpload, openStage, pdfBytes, statusOf, type Stage } from '../../testing/files-stage.ts';
import { createAssignment, createSubmission } from '../../testing/people.ts';
import { removeBytes } from './erase-files.ts';
import { eraseFilesOf, objectKey, openStorage } from './index.ts';
import { sweepFiles } from './sweep-files.ts';

let stage: Stage;
let ayesha: Client;
const hour = 3600 * 1000;
beforeAll(async () => {
  stage = await openStage();
  ayesha = await stage.signIn(stage.ayesha);
});
afterAll(() => stage.close());

const storage = () => openStorage(stage.app.deps);
/** A sweep as it runs so many hours from now. */
const sweepIn = (hours: number) =>
  sweepFiles({ ...stage.app.deps, clock: { now: () => new Date(Date.now() + hours * hour) } }, storage());
const inStore = async (bucket: string, id: string) => (await storage().objects.size(objectKey(bucket, id))) !== null;

async function bring(bucket: string, path: string): Promise<string> {
  const bytes = path.endsWith('.pdf') ? pdfBytes(300) : Buffer.from('Text.');
  const { data, error } = await ayesha.supabase.storage.from(bucket).upload(path, bytes);
  expect(error).toBeNull();
  return data!.id;
}
const work = (name: string) => bring('assignment-submissions', `${stage.ayesha.id}/${stage.assignment}/1/${name}`);
const answer = (name: string) => bring('student-documents', `${stage.ayesha.id}/onboarding/q/${name}`);

describe('a sweep', () => {
  beforeEach(async () => {
    await sweepIn(24 * 365);
  });

  test('takes files that nothing names, after 48 hours, and those of work after 30 days', async () => {
    const [one, two] = [await work('a.pdf'), await answer('a.pdf')];
    await sweepIn(47);
    expect([await statusOf(stage, one), await statusOf(stage, two)]).toEqual(['ready', 'ready']);
    await sweepIn(49);
    expect([await statusOf(stage, one), await statusOf(stage, two)]).toEqual(['ready', 'deleted']);
    expect([await inStore('assignment-submissions', one), await inStore('student-documents', two)]).toEqual([
      true,
      false,
    ]);
    await sweepIn(31 * 24);
    expect([await statusOf(stage, one), await inStore('assignment-submissions', one)]).toEqual(['deleted', false]);
  });

  test('leaves what any record names: a key, a list of ids, a document', async () => {
    const { server } = stage.database;
    const [key, list, text] = [await answer('key.pdf'), await work('list.pdf'), await answer('text.pdf')];
    await insertRow(server, 'recording_attachments', { lesson_id: stage.open, file_name: 'x', file_id: key });
    await createSubmission(server, stage.ayesha.id, stage.assignment, { file_ids: [list] });
    await server.query('update company_settings set branding = jsonb_build_object($1::text, $2::text)', ['logo', text]);
    await sweepIn(24 * 80);
    for (const id of [key, list, text]) expect(await statusOf(stage, id)).toBe('ready');
    await server.query("update company_settings set branding = '{}'");
    await server.query('update recording_attachments set is_deleted = true where file_id = $1', [key]);
    await sweepIn(24 * 80);
    expect(await statusOf(stage, text)).toBe('deleted');
    // The attachment is gone for readers at once; its bytes stay while devices are told.
    expect(await statusOf(stage, key)).toBe('ready');
    await server.query('alter table recording_attachments disable trigger user');
    await server.query("update recording_attachments set updated_at = now() - interval '91 days' where file_id = $1", [
      key,
    ]);
    await server.query('alter table recording_attachments enable trigger user');
    await sweepIn(24 * 80);
    expect([await statusOf(stage, key), await statusOf(stage, list)]).toEqual(['deleted', 'ready']);
  });

  test('closes rows whose bytes never came, and makes tombstones of those long gone', async () => {
    const id = await insertRow(stage.database.server, 'files', {
      id: randomUUID(),
      bucket: 'attachments',
      owner_id: stage.ayesha.id,
      path: `avatars/${stage.ayesha.id}/never.png`,
      original_name: 'never.png',
      mime: 'image/png',
      bytes: 10,
      sha256: 'a'.repeat(64),
    });
    expect(await sweepIn(47)).toMatchObject({ unfinished: 0 });
    expect(await sweepIn(49)).toMatchObject({ unfinished: 1, forgotten: 0 });
    const file = { id, bucket: 'attachments', path: `avatars/${stage.ayesha.id}/${id}.png` };
    await stage.database.server.query('update files set path = $2 where id = $1', [id, file.path]);
    // The device that comes with the bytes at last is told that it is too late, and somebody without a row is not.
    expect((await createUpload(stage.app, ayesha, file, 10)).status).toBe(400);
    expect((await createUpload(stage.app, ayesha, { bucket: file.bucket, path: file.path }, 10)).status).toBe(201);
    expect(await sweepIn(24 * 91)).toMatchObject({ forgotten: 1 });
    const { rows } = await stage.database.server.query('select status, is_deleted from files where id = $1', [id]);
    expect(rows).toEqual([{ status: 'deleted', is_deleted: true }]);
  });

  test('removes bytes without a row once they are a day old, and nothing that is not an object of ours', async () => {
    const kept = await work('kept.pdf');
    const root = stage.app.deps.config.FILES_DIR;
    const put = async (key: string, ageHours: number) => {
      await mkdir(dirname(join(root, key)), { recursive: true });
      await writeFile(join(root, key), 'x');
      const at = new Date(Date.now() - ageHours * hour);
      await utimes(join(root, key), at, at);
      return key;
    };
    const [old, young] = [objectKey('attachments', randomUUID()), objectKey('attachments', randomUUID())];
    const strange = 'objects/attachments/notes-of-the-operator.txt';
    for (const [key, age] of [
      [old, 25],
      [young, 23],
      [strange, 999],
    ] as const)
      await put(key, age);
    expect((await sweepIn(0)).orphans).toBe(1);
    const left = await Promise.all([old, young, strange].map((key) => storage().objects.size(key)));
    expect(left.map((size) => size !== null)).toEqual([false, true, true]);
    expect(await inStore('assignment-submissions', kept)).toBe(true);
  });
});

test('a person who is erased leaves no files but those the academy must keep', async () => {
  const { server } = stage.database;
  const [mine, handedIn] = [await answer('mine.pdf'), await work('handed.pdf')];
  const other = await createAssignment(server, stage.open);
  await createSubmission(server, stage.ayesha.id, other, { file_ids: [handedIn] });
  const row = { owner_id: stage.ayesha.id, mime: 'application/pdf', bytes: 1, sha256: 'a'.repeat(64), status: 'ready' };
  const keep: string[] = [];
  for (const folder of ['certificates', 'billing', `payment-proofs/${randomUUID()}`])
    keep.push(
      await insertRow(server, 'files', {
        ...row,
        id: randomUUID(),
        bucket: 'student-documents',
        path: `${stage.ayesha.id}/${folder}/a.pdf`,
        original_name: 'a.pdf',
      }),
    );
  await asServer(server, (tx) => eraseFilesOf(tx, stage.ayesha.id));
  for (const id of [mine, handedIn]) expect(await statusOf(stage, id)).toBe('deleted');
  for (const id of keep) expect(await statusOf(stage, id)).toBe('ready');
  expect(
    (await ayesha.supabase.storage.from('student-documents').list(stage.ayesha.id)).data!.map(({ name }) => name),
  ).toEqual(['billing', 'certificates', 'payment-proofs']);
  const { rows } = await server.query<{ payload: { keys: string[] } }>(
    "select payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'files.remove-bytes'",
  );
  await removeBytes.run({ keys: rows.flatMap(({ payload }) => payload.keys) }, stage.app.deps);
  expect([await inStore('student-documents', mine), await inStore('assignment-submissions', handedIn)]).toEqual([
    false,
    false,
  ]);
});
