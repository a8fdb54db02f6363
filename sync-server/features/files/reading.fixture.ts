import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
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

export const bytes = pdfBytes(300_000);
export let stage: Stage;
export let ayesha: Client;
export let zain: Client;
export let bilal: Client;
export let hamid: Client;
/** Work that Ayesha handed in. */
export let work: Announced;
/** Attachments of the open and of the locked lesson. */
export let openFile: Announced;
export let lockedFile: Announced;
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
export const readable = async (client: Client, { bucket, path }: Announced): Promise<boolean> =>
  (await client.supabase.storage.from(bucket).download(path)).error === null;
export async function sign(client: Client, { bucket, path }: Announced, seconds = 600): Promise<string | null> {
  const { data } = await client.supabase.storage.from(bucket).createSignedUrl(path, seconds);
  return data?.signedUrl ?? null;
}

/** Opens all this before the tests of a file, and closes it after them. */
export function openReadingForTests(): void {
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
}
