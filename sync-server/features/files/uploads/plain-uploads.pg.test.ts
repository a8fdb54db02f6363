import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createAssignment } from '../../../testing/people.ts';
import { pdfBytes, pushRow, statusOf } from '../../../testing/files-stage.ts';
import { openUploadsForTests, stage, ayesha, zain, announceWork, readBack } from './uploads.fixture.ts';

openUploadsForTests();

describe('supabase-js', () => {
  test('uploads bytes and blobs, and replaces only what it is told to', async () => {
    const bytes = pdfBytes(5000);
    const [raw, blob] = [announceWork(bytes), announceWork(bytes)];
    for (const file of [raw, blob]) await pushRow(stage, file);
    const bucket = ayesha.supabase.storage.from('assignment-submissions');
    expect(await bucket.upload(raw.path, bytes, { contentType: 'application/pdf' })).toMatchObject({
      error: null,
      data: { path: raw.path, id: raw.id, fullPath: `assignment-submissions/${raw.path}` },
    });
    expect((await bucket.upload(blob.path, new Blob([bytes], { type: 'application/pdf' }))).error).toBeNull();
    for (const file of [raw, blob]) expect((await readBack(ayesha, file)).equals(bytes)).toBe(true);

    const changed = Buffer.from(bytes);
    changed[4000] = 99;
    expect((await bucket.upload(raw.path, changed)).error).toMatchObject({ status: 409, code: 'KeyAlreadyExists' });
    expect((await readBack(ayesha, raw)).equals(bytes)).toBe(true);
    expect((await bucket.upload(raw.path, changed, { upsert: true })).error).toBeNull();
    expect((await readBack(ayesha, raw)).equals(changed)).toBe(true);
  });

  test('cannot touch the files of an attempt under review by an upsert', async () => {
    const bytes = pdfBytes(900);
    const file = announceWork(bytes);
    await pushRow(stage, file);
    const bucket = ayesha.supabase.storage.from(file.bucket);
    await bucket.upload(file.path, bytes);
    const attempt = [stage.ayesha.id, await createAssignment(stage.database.server, stage.open), [file.id]];
    await stage.database.server.query(
      'insert into submissions (student_id, assignment_id, file_ids, client_submitted_at) values ($1, $2, $3, now())',
      attempt,
    );
    const other = Buffer.from(bytes);
    other[800] = 120;
    await bucket.upload(file.path, other, { upsert: true });
    await bucket.update(file.path, other);
    expect((await readBack(ayesha, file)).equals(bytes)).toBe(true);
  });

  test('removes an own file that nothing names, and nothing else', async () => {
    const bytes = pdfBytes(700);
    const [free, handedIn] = [announceWork(bytes), announceWork(bytes)];
    for (const file of [free, handedIn]) {
      await pushRow(stage, file);
      await ayesha.supabase.storage.from(file.bucket).upload(file.path, bytes);
    }
    const submission = [randomUUID(), stage.ayesha.id, stage.assignment, [handedIn.id]];
    await stage.database.server.query(
      `insert into submissions (id, student_id, assignment_id, file_ids, client_submitted_at) values ($1, $2, $3, $4, now())`,
      submission,
    );
    const asZain = await zain.supabase.storage.from(free.bucket).remove([free.path]);
    expect(asZain.data).toEqual([]);
    const { data } = await ayesha.supabase.storage.from(free.bucket).remove([free.path, handedIn.path]);
    expect(data).toHaveLength(1);
    expect(await statusOf(stage, free.id)).toBe('deleted');
    expect(await statusOf(stage, handedIn.id)).toBe('ready');
    await expect(readBack(ayesha, free)).rejects.toThrow();
    expect((await readBack(ayesha, handedIn)).equals(bytes)).toBe(true);
  });
});
