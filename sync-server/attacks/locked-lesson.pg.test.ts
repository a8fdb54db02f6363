import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LessonDownloadResponse, LessonMediaResponse } from '#contract/api/media.ts';
import type { Client } from '../testing/api-client.ts';
import { insertRow } from '../seed/insert-rows.ts';
import { operation } from '../testing/operations.ts';
import { createAssignment } from '../testing/people.ts';
import { pull, push } from '../testing/sync-client.ts';
import { recomputeUnlocks } from '../features/learning/index.ts';
import { asServer } from '../db/as-actor.ts';
import { e2eIds, openStage, type Stage } from './stage.fixture.ts';

/** What of a lesson reaches a student to whom it is shut, and what of one that a device may open ahead. */

let stage: Stage;
let ayesha: Client;
let fileId: string;
const secrets = {
  description: 'SECRET description',
  notes: 'SECRET notes of the mentor',
  file: 'SECRET workbook.pdf',
  task: 'SECRET instructions',
};

beforeAll(async () => {
  stage = await openStage();
  ayesha = await stage.signIn('ayesha');
  const { server } = stage.database;
  await stage.rows('update available_lessons set description = $2, notes = $3 where id = $1', [
    e2eIds.l2,
    secrets.description,
    secrets.notes,
  ]);
  fileId = randomUUID();
  await insertRow(server, 'files', {
    id: fileId,
    bucket: 'attachments',
    path: `lessons/${fileId}.pdf`,
    original_name: secrets.file,
    mime: 'application/pdf',
    bytes: 10,
    sha256: 'a'.repeat(64),
    status: 'ready',
  });
  await insertRow(server, 'recording_attachments', { lesson_id: e2eIds.l2, file_name: secrets.file, file_id: fileId });
  await insertRow(server, 'recording_attachments', {
    lesson_id: e2eIds.l2,
    file_name: 'SECRET link',
    file_url: 'https://example.test/SECRET',
  });
  await createAssignment(server, e2eIds.l2, {
    name: 'Second task',
    description: secrets.task,
    instructions: secrets.task,
  });
});
afterAll(() => stage.close());

/** Shut: the work of the first lesson is not approved. Ahead: that work is not asked for, only watching is. */
async function make(state: 'shut' | 'ahead' | 'open'): Promise<void> {
  await stage.rows('update assignments set is_required = $2 where id = $1', [e2eIds.w1, state === 'shut']);
  await stage.rows('update user_unlocks set source = $3 where user_id = $1 and lesson_id = $2', [
    ayesha.userId,
    e2eIds.l2,
    state === 'open' ? 'manual' : 'rule',
  ]);
  await stage.rows(
    'update user_unlocks set unlocked_at = null, is_unlocked = false where user_id = $1 and lesson_id = $2',
    [ayesha.userId, e2eIds.l2],
  );
  await asServer(stage.database.server, (tx) =>
    recomputeUnlocks(tx, stage.server.deps, ayesha.userId, { announce: false }),
  );
  const rows = await stage.rows(
    'select is_unlocked, offline_openable from user_unlocks where user_id = $1 and lesson_id = $2',
    [ayesha.userId, e2eIds.l2],
  );
  expect(rows).toEqual([{ is_unlocked: state === 'open', offline_openable: state === 'ahead' }]);
}
const command = (name: string, lesson: string = e2eIds.l2) =>
  ayesha.call('POST', `/functions/v1/${name}`, { lesson_id: lesson });
const everything = async () => JSON.stringify((await pull(ayesha, null)).docs);
const docsOfLesson = async () =>
  (await pull(ayesha, null)).docs.filter((doc) => doc.id === e2eIds.l2 || doc['lesson_id'] === e2eIds.l2);
/** An address of the open lesson's media, with the other lesson's id put in. */
const bent = (address: string) => address.replace(e2eIds.l1, e2eIds.l2);

describe("of a locked lesson a student's token cannot read", () => {
  beforeEach(() => make('shut'));

  test('more than its title, order and minutes', async () => {
    expect(await everything()).not.toContain('SECRET');
    expect((await docsOfLesson()).map(({ type }) => type).toSorted()).toEqual([
      'assignments',
      'available_lessons',
      'user_unlocks',
    ]);
    const lesson = (await docsOfLesson()).find(({ type }) => type === 'available_lessons');
    expect(Object.keys(lesson!).toSorted()).toEqual([
      'created_at',
      'duration_min',
      'has_media',
      'id',
      'is_published',
      'module_id',
      'recording_title',
      'sequence_order',
      'type',
      'v',
    ]);
  });

  test('its media, by either command', async () => {
    for (const name of ['lesson-media-url', 'request-lesson-download']) {
      const response = await command(name);
      expect(response.status).toBe(403);
      expect(await response.json()).not.toHaveProperty('data');
    }
  });

  test('its media or captions, by an address that was signed for another lesson', async () => {
    const play = ((await (await command('lesson-media-url', e2eIds.l1)).json()) as { data: LessonMediaResponse }).data;
    const keep = (
      (await (await command('request-lesson-download', e2eIds.l1)).json()) as { data: LessonDownloadResponse }
    ).data;
    const addresses = [play.url, keep.url, ...play.captions.map(({ url }) => url)];
    for (const address of addresses) {
      expect((await fetch(address)).status, 'the address itself is good').toBe(200);
      for (const wrong of [
        bent(address),
        bent(address).replace(/token=.*/, ''),
        bent(address).replace('/stream', '/cipher'),
        address.replace('/stream', '/captions/en.vtt').replace('/cipher', '/stream'),
      ]) {
        if (wrong !== address) expect((await fetch(wrong)).status, wrong).toBe(401);
      }
    }
  });

  test('its media, by an address that was signed while it was open', async () => {
    await make('open');
    const { url, captions } = ((await (await command('lesson-media-url')).json()) as { data: LessonMediaResponse })
      .data;
    expect((await fetch(url)).status).toBe(200);
    await make('shut');
    for (const address of [url, ...captions.map((track) => track.url)]) expect((await fetch(address)).status).toBe(403);
    expect((await fetch(url, { headers: { range: 'bytes=0-9' } })).status).toBe(403);
  });

  test('its attachment, by its path, by a signed address, or by naming the file as its own', async () => {
    const path = `attachments/lessons/${fileId}.pdf`;
    for (const door of ['object', 'object/authenticated'])
      expect((await ayesha.call('GET', `/storage/v1/${door}/${path}`)).status).toBe(404);
    expect((await ayesha.call('POST', `/storage/v1/object/sign/${path}`, { expiresIn: 60 })).status).toBe(404);
    await push(ayesha, [
      operation('users', ayesha.userId, { set: { avatar_file_id: fileId } }),
      operation('submissions', randomUUID(), {
        set: {
          assignment_id: e2eIds.w1,
          student_id: ayesha.userId,
          content: null,
          links: [],
          file_ids: [fileId],
          client_submitted_at: new Date().toISOString(),
          based_on: null,
        },
      }),
      operation('files', fileId, { set: { owner_id: ayesha.userId, linked_table: 'users', linked_id: ayesha.userId } }),
    ]);
    expect((await ayesha.call('GET', `/storage/v1/object/${path}`)).status).toBe(404);
    const { supabase, session } = ayesha;
    await supabase.auth.setSession(session);
    expect((await supabase.storage.from('attachments').download(`lessons/${fileId}.pdf`)).error).not.toBeNull();
    expect((await supabase.storage.from('lesson-media').download(`${e2eIds.l2}.webm`)).error).not.toBeNull();
  });

  test('anything by pushing its rows: the answers are bare', async () => {
    const tables = ['available_lessons', 'lesson_media', 'recording_attachments'] as const;
    const ids = new Map([
      [
        'recording_attachments',
        (await stage.rows<{ id: string }>('select id from recording_attachments limit 1'))[0]!.id,
      ],
    ]);
    const verdicts = await push(
      ayesha,
      tables.map((table) => operation(table, ids.get(table) ?? e2eIds.l2, { set: { description: null } })),
    );
    expect(JSON.stringify(verdicts)).not.toContain('SECRET');
    expect(verdicts.slice(1)).toMatchObject([
      { s: 'refused', doc: { _deleted: true } },
      { s: 'refused', doc: { _deleted: true } },
    ]);
  });
});

describe('of a lesson that a device may open ahead a student reads', () => {
  beforeEach(() => make('ahead'));

  test('its text, its task and what its media are, but neither the notes of staff nor an attachment', async () => {
    const all = await everything();
    expect(all).toContain(secrets.description);
    expect(all).toContain(secrets.task);
    for (const hidden of [secrets.notes, secrets.file, 'https://example.test/SECRET'])
      expect(all).not.toContain(hidden);
    expect((await docsOfLesson()).map(({ type }) => type)).toContain('lesson_media');
  });

  test('the ciphertext with its key, but no playable stream and no captions at the door', async () => {
    expect((await command('lesson-media-url')).status).toBe(403);
    const { url, content_key } = (
      (await (await command('request-lesson-download')).json()) as { data: LessonDownloadResponse }
    ).data;
    expect(content_key).toHaveLength(44);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url.replace('/cipher', '/stream'))).status).toBe(401);
    expect((await fetch(url.replace('/cipher', '/captions/en.vtt'))).status).toBe(401);
  });

  test('no lesson behind one whose work others must approve, however near', async () => {
    expect((await command('request-lesson-download', e2eIds.l3)).status).toBe(403);
    expect((await pull(ayesha, null)).docs.some(({ type, id }) => type === 'lesson_media' && id === e2eIds.l3)).toBe(
      false,
    );
  });
});

test('a student who is not enrolled in the course, and an enrolment manager, get nothing of it at all', async () => {
  await make('open');
  await stage.rows('delete from course_enrollments where student_id = $1', [stage.zain.id]);
  for (const name of ['zain', 'omar'] as const) {
    const client = await stage.signIn(name);
    for (const call of ['lesson-media-url', 'request-lesson-download']) {
      expect([403, 404]).toContain(
        (await client.call('POST', `/functions/v1/${call}`, { lesson_id: e2eIds.l1 })).status,
      );
    }
    expect(
      (await pull(client, null)).docs.filter(({ type }) =>
        ['available_lessons', 'modules', 'lesson_media', 'assignments'].includes(type),
      ),
    ).toEqual([]);
  }
});
