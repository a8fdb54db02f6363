import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealCheckpoint } from '../sync/checkpoint.ts';
import type { Client } from '../testing/api-client.ts';
import { insertRow } from '../seed/insert-rows.ts';
import { createSubmission } from '../testing/people.ts';
import { openStream, pull } from '../testing/sync-client.ts';
import { e2eIds, openStage, type Stage } from './stage.fixture.ts';

/** Checkpoints that nobody was given, and good ones after the right behind them has ended. */

let stage: Stage;
let ayesha: Client;
let good: string;
let full: number;
beforeAll(async () => {
  stage = await openStage();
  ayesha = await stage.signIn('ayesha');
  const first = await pull(ayesha, null);
  [good, full] = [first.checkpoint, first.docs.length];
});
afterAll(() => stage.close());

/** The payload of a checkpoint, read and written as an attacker would. */
const open = (checkpoint: string) =>
  JSON.parse(Buffer.from(checkpoint.split('.')[0]!, 'base64url').toString()) as { e: string; s: string };
const forge = (payload: unknown, mac: string = good.split('.')[1]!) =>
  `${Buffer.from(JSON.stringify(payload)).toString('base64url')}.${mac}`;

test('the good one is good, so that the refusals below mean something', async () => {
  expect(await pull(ayesha, good)).toMatchObject({ isReset: false, docs: [] });
});

describe('starts over, with nothing but what is one’s own', () => {
  const bad: Record<string, () => string | Promise<string>> = {
    'an edited snapshot': () => forge({ ...open(good), s: '1:1:' }),
    'an edited epoch': () => forge({ ...open(good), e: randomUUID() }),
    'a payload that is no object': () => forge(null),
    'one sealed by another key': () =>
      sealCheckpoint(
        'guess',
        { epoch: open(good).e, snapshot: '1:1:' },
        { userId: ayesha.userId, boundTo: ayesha.deviceId },
      ),
    'a truncated one': () => good.slice(0, -1),
    'one without its seal': () => good.split('.')[0]!,
    'one with something behind it': () => `${good}.x`,
    'an empty one': () => '',
    'four thousand letters': () => randomBytes(3000).toString('base64url').slice(0, 4000),
    'a NUL': () => '\0.\0',
    'one of another person': async () => (await pull(await stage.signIn('zain'), null)).checkpoint,
    'one of another device of the same person': async () => (await pull(await stage.signIn('ayesha'), null)).checkpoint,
    'one of staff': async () => (await pull(await stage.signIn('sana'), null)).checkpoint,
  };
  test.for(Object.keys(bad))('%s', async (name) => {
    const checkpoint = await bad[name]!();
    const own = (await pull(ayesha, null)).docs.map(({ type, id }) => `${type} ${id}`).toSorted();
    const answer = await pull(ayesha, checkpoint);
    expect(answer.isReset).toBe(true);
    expect(answer.docs.map(({ type, id }) => `${type} ${id}`).toSorted()).toEqual(own);
    expect(answer.docs.some(({ _deleted }) => _deleted)).toBe(false);
    const stream = await openStream(ayesha, checkpoint);
    await stream.until((frames) => frames.some(({ t }) => t === 'cp'));
    expect(stream.frames[1]).toMatchObject({ t: 'reset' });
    await stream.close();
  });

  test('one of an older epoch', async () => {
    const before = (await pull(ayesha, null)).checkpoint;
    await stage.rows("update sync_epoch set history = 'elsewhere'");
    expect((await pull(ayesha, before)).isReset).toBe(true);
    expect((await pull(ayesha, null)).docs.length).toBeGreaterThanOrEqual(full);
  });
});

test('anything longer, or of another kind, is refused', async () => {
  for (const checkpoint of ['x'.repeat(4001), 7, {}, ['x'], true, undefined]) {
    expect((await ayesha.call('POST', '/sync/v1/pull', { checkpoint })).status).toBe(422);
  }
  expect((await ayesha.call('POST', '/sync/v1/pull', { checkpoint: null, user_id: stage.zain.id })).status).toBe(422);
});

describe('an old checkpoint names nothing that was written after the right ended', () => {
  test('of a student whom the mentor no longer mentors', async () => {
    await stage.rows('update mentor_course_assignments set is_deleted = true where mentor_id = $1', [stage.hamid.id]);
    const hamid = await stage.signIn('hamid');
    const before = await pull(hamid, null);
    expect(before.docs.some(({ type, id }) => type === 'users' && id === stage.zain.id)).toBe(true);
    await stage.rows('update student_mentor_assignments set ended_at = now() where mentor_id = $1', [stage.hamid.id]);
    await stage.rows("update users set full_name = 'Renamed later', phone = '+923009990009' where id = $1", [
      stage.zain.id,
    ]);
    const later = await createSubmission(stage.database.server, stage.zain.id, e2eIds.w1, { content: 'Written later' });
    const answer = await pull(hamid, before.checkpoint);
    const text = JSON.stringify(answer.docs);
    for (const word of ['Renamed later', 'Written later', '+923009990009', later]) expect(text).not.toContain(word);
    const gone = answer.docs.find(({ type, id }) => type === 'users' && id === stage.zain.id);
    expect(gone).toEqual({
      type: 'users',
      id: stage.zain.id,
      v: '00000000-0000-0000-0000-000000000000',
      _deleted: true,
    });
    for (const doc of answer.docs.filter(({ _deleted }) => _deleted))
      expect(Object.keys(doc).toSorted()).toEqual(['_deleted', 'id', 'type', 'v']);
    expect(JSON.stringify((await pull(hamid, null)).docs)).not.toContain('Renamed later');
  });

  test('of a course whose enrolment was cancelled', async () => {
    const before = await pull(ayesha, null);
    await stage.rows("update course_enrollments set status = 'cancelled' where student_id = $1 and course_id = $2", [
      ayesha.userId,
      e2eIds.c2,
    ]);
    await stage.rows("update available_lessons set recording_title = 'Retitled later' where id = $1", [e2eIds.k1]);
    const added = await insertRow(stage.database.server, 'available_lessons', {
      module_id: e2eIds.m2,
      recording_title: 'Added later',
      sequence_order: 9,
    });
    const answer = await pull(ayesha, before.checkpoint);
    const text = JSON.stringify(answer.docs);
    for (const word of ['Retitled later', 'Added later', added]) expect(text).not.toContain(word);
    expect(answer.docs.find(({ type, id }) => type === 'available_lessons' && id === e2eIds.k1)).toMatchObject({
      _deleted: true,
    });
  });

  test('of a member of staff who is one no longer', async () => {
    const dua = await stage.signIn('dua');
    const before = await pull(dua, null);
    await stage.rows("update users set role = 'enrollment_manager' where id = $1", [dua.userId]);
    await stage.rows("update lesson_media set mime = 'video/later'");
    const answer = await pull(dua, before.checkpoint);
    const kept = answer.docs.filter(({ _deleted }) => !_deleted).map(({ type }) => type);
    // The catalogue, and how the company bills.
    const ofManagers = ['courses', 'batches', 'batch_courses', 'batch_pathways', 'billing_settings'];
    expect(kept.filter((type) => !['users', 'devices', 'company_settings', ...ofManagers].includes(type))).toEqual([]);
    const now = new Set((await pull(dua, null)).docs.map(({ type }) => type));
    for (const type of ['submissions', 'students', 'available_lessons', 'assignments', 'lesson_media', 'modules'])
      expect(now).not.toContain(type);
  });
});

test('a check with guessed hashes answers the own rows only, whatever family is asked for', async () => {
  const own = new Set((await pull(ayesha, null)).docs.map(({ type, id }) => `${type} ${id}`));
  for (const hash of ['0000000000000000', 'ffffffffffffffff', 'not-a-hex-number', `'; select 1; -- `]) {
    const response = await ayesha.call('POST', '/sync/v1/check', {
      families: { people: Array(64).fill(hash), lessons: Array(64).fill(hash), submissions: Array(64).fill(hash) },
    });
    const { repairs } = (await response.json()) as { repairs: { docs: { type: string; id: string }[] }[] };
    for (const { type, id } of repairs.flatMap(({ docs }) => docs)) expect(own).toContain(`${type} ${id}`);
  }
  for (const families of [
    { secrets: Array(64).fill('0'.repeat(16)) },
    { people: [] },
    { people: Array(65).fill('0'.repeat(16)) },
    { __proto__: null, people: 7 },
  ]) {
    expect((await ayesha.call('POST', '/sync/v1/check', { families })).status).toBe(422);
  }
});
