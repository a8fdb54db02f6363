import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { naturalId } from '#contract/natural-id.ts';
import { asActor, asServer } from '../../db/as-actor.ts';
import { createDevice, createPerson } from '../../testing/people.ts';
import { createChain, openAcademy, outcome, watch, type Academy, type Chain } from '../pushing.fixture.ts';
import { recomputeDueUnlocks, recomputeUnlocks } from './index.ts';

let academy: Academy;
let chain: Chain;
let [first, second, third, fourth]: string[] = [];
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  await academy.rows('update company_settings set rating_gate_from = null, drip_enabled_default = false');
  chain = await createChain(academy, { minutes: 10 });
  [first, second, third, fourth] = chain.lessons;
});

const now = () => academy.clock.now().toISOString();
const send = async (...writes: Parameters<Academy['push']>[1]): Promise<string[]> =>
  (await academy.push(chain.student, writes)).map(outcome);
const view = async (lesson = first) =>
  (await academy.rows<{ watched: boolean; watched_seconds: number; watched_ranges: unknown }>(
    'select watched, watched_seconds, watched_ranges from recording_views where user_id = $1 and lesson_id = $2',
    [chain.student.id, lesson],
  ))[0];
const unlock = async (lesson: string | undefined) =>
  (await academy.rows<{ is_unlocked: boolean; reason: string }>(
    'select is_unlocked, reason from user_unlocks where user_id = $1 and lesson_id = $2',
    [chain.student.id, lesson],
  ))[0]!;

describe('unlocks', () => {
  test('a student cannot unlock a lesson', async () => {
    const row = { user_id: chain.student.id, lesson_id: second, is_unlocked: true, reason: 'requirements_met' };
    const id = naturalId('user_unlocks', chain.student.id, second!);
    expect(await send({ type: 'user_unlocks', id, set: row })).toEqual(['not_allowed']);
    const statements = [
      'update user_unlocks set is_unlocked = true',
      `insert into user_unlocks (user_id, lesson_id, is_unlocked) values ('${chain.student.id}', '${second}', true)`,
      `select server_store_unlocks('guess', '${chain.student.id}', '[]', now())`,
    ];
    for (const statement of statements) {
      await expect(asActor(academy.database.people, chain.student, (tx) => tx.query(statement))).rejects.toThrow(
        /permission denied|not the server/,
      );
    }
    expect(await unlock(second)).toMatchObject({ is_unlocked: false });
  });

  test('nothing changes, and nobody is told, when nothing changed', async () => {
    const before = await academy.rows('select lesson_id, v, updated_at from user_unlocks where user_id = $1 order by 1', [chain.student.id]);
    const opened = await asServer(academy.database.server, (tx) => recomputeUnlocks(tx, academy.deps, chain.student.id));
    expect(opened).toEqual([]);
    expect(await academy.rows('select lesson_id, v, updated_at from user_unlocks where user_id = $1 order by 1', [chain.student.id])).toEqual(before);
    expect(await academy.rows('select from notifications where user_id = $1', [chain.student.id])).toEqual([]);
  });

  test('a lesson that was opened, shut and opened again is told once', async () => {
    const access = (status: string) => academy.rows('update course_enrollments set status = $2 where student_id = $1', [chain.student.id, status]);
    const recompute = () => asServer(academy.database.server, (tx) => recomputeUnlocks(tx, academy.deps, chain.student.id));
    await academy.rows('delete from user_unlocks where user_id = $1', [chain.student.id]);
    await recompute();
    await access('paused');
    await recompute();
    expect(await unlock(first)).toEqual({ is_unlocked: false, reason: 'no_access' });
    await access('active');
    await recompute();
    expect(await unlock(first)).toEqual({ is_unlocked: true, reason: 'first_lesson' });
    expect(await academy.rows("select title from notifications where user_id = $1 and template_key = 'content_unlocked'", [chain.student.id])).toEqual([
      { title: 'First is open' },
    ]);
  });

  test('a lesson taken out of the course shuts', async () => {
    await academy.rows('update available_lessons set is_published = false where id = $1', [first]);
    await academy.settle(chain.student);
    expect(await unlock(first)).toEqual({ is_unlocked: false, reason: 'no_access' });
    expect(await unlock(second)).toEqual({ is_unlocked: true, reason: 'first_lesson' });
  });

  test('a lesson opened by hand stays open through every recomputation', async () => {
    await academy.rows(
      `update user_unlocks set is_unlocked = true, unlocked_at = $3, source = 'manual', reason = 'manually_unlocked'
       where user_id = $1 and lesson_id = $2`,
      [chain.student.id, fourth, now()],
    );
    await academy.settle(chain.student);
    expect(await unlock(fourth)).toEqual({ is_unlocked: true, reason: 'manually_unlocked' });
  });
});

describe('dates', () => {
  test('a lesson opens when its date has come, by the hourly run, and the student is told', async () => {
    await academy.rows('update course_enrollments set drip_override = true, drip_enabled = true where student_id = $1', [chain.student.id]);
    await academy.rows('update available_lessons set drip_days = 3 where id = $1', [first]);
    await academy.rows('delete from user_unlocks where user_id = $1', [chain.student.id]);
    await academy.settle(chain.student);
    expect(await unlock(first)).toEqual({ is_unlocked: false, reason: 'drip_locked' });
    academy.clock.set('2027-03-04T07:59:59.000Z');
    await recomputeDueUnlocks(academy.deps);
    expect(await unlock(first)).toMatchObject({ reason: 'drip_locked' });
    academy.clock.set('2027-03-04T08:00:00.000Z');
    expect(await recomputeDueUnlocks(academy.deps)).toBe(1);
    expect(await unlock(first)).toEqual({ is_unlocked: true, reason: 'first_lesson' });
    expect(await academy.rows('select title from notifications where user_id = $1 and template_key = $2', [chain.student.id, 'content_unlocked'])).toEqual([
      { title: 'First is open' },
    ]);
    expect(await recomputeDueUnlocks(academy.deps)).toBe(0);
  });

  test('access that ended shuts everything', async () => {
    await academy.rows('update course_enrollments set access_expires_at = $2 where student_id = $1', [chain.student.id, '2027-03-02T00:00:00.000Z']);
    academy.clock.set('2027-03-02T00:30:00.000Z');
    await recomputeDueUnlocks(academy.deps);
    expect(await unlock(first)).toEqual({ is_unlocked: false, reason: 'access_expired' });
  });
});

describe('watching', () => {
  const played = (lesson: string | undefined, seconds: number, at = now()) => watch(chain.student.id, lesson!, at, seconds);

  test('90 % of distinct seconds counts as watched', async () => {
    academy.clock.pass(10);
    expect(await send(played(first, 539))).toEqual(['ok']);
    expect(await view()).toMatchObject({ watched: false, watched_seconds: 539 });
    academy.clock.pass(1);
    expect(await send(played(first, 541))).toEqual(['ok']);
    expect(await view()).toMatchObject({ watched: true, watched_ranges: [[0, 541]] });
  });

  test('a device that claims more than double speed is believed that much', async () => {
    academy.clock.pass(1);
    expect(await send(played(first, 600))).toEqual(['ok']);
    expect(await view()).toMatchObject({ watched: false, watched_ranges: [[0, 135]] });
  });

  test('the length comes from the recording, not from the device', async () => {
    academy.clock.pass(10);
    const claim = played(first, 60);
    expect(await send({ ...claim, set: { ...claim.set, duration_seconds: 60 } })).toEqual(['ok']);
    expect(await view()).toMatchObject({ watched: false });
  });

  test('what is the server’s is ignored', async () => {
    academy.clock.pass(1);
    const claim = played(first, 10);
    await send({ ...claim, set: { ...claim.set, watched: true, watched_at: now(), watched_seconds: 600 } });
    expect(await view()).toMatchObject({ watched: false, watched_seconds: 10 });
  });

  test('a locked lesson cannot be watched; one the server pre-authorised can', async () => {
    expect(await send(played(fourth, 10))).toEqual(['locked']);
    await academy.rows('update assignments set is_active = false');
    await academy.settle(chain.student);
    expect(await send(played(second, 10))).toEqual(['ok']);
    await academy.rows('update assignments set is_active = true');
  });

  test('two devices’ stretches are joined, also when both come back at the same moment', async () => {
    const other = await createDevice(academy.database.server, chain.student.id);
    academy.clock.pass(30);
    const stretch = (watched_ranges: [number, number][]) => ({ ...played(first, 0), set: { ...played(first, 0).set, watched_ranges } });
    await academy.push(chain.student, [stretch([[0, 300]])], chain.device);
    await academy.push(chain.student, [stretch([[250, 560]])], other);
    expect(await view()).toMatchObject({ watched: true, watched_ranges: [[0, 560]] });
  });

  test('one device that reports again at once is believed no further', async () => {
    academy.clock.pass(30);
    await academy.push(chain.student, [played(first, 30)], chain.device);
    await academy.push(chain.student, [played(first, 560)], chain.device);
    expect(await view()).toMatchObject({ watched: false, watched_ranges: [[0, 30]] });
  });

  test('nobody watches for somebody else', async () => {
    const other = await createPerson(academy.database.server, 'student');
    expect((await academy.push(other, [played(first, 10)])).map(outcome)).toEqual(['not_allowed']);
    expect(await view()).toBeUndefined();
  });

  test('a lesson without a recording is done when the student says so', async () => {
    await academy.rows('update available_lessons set has_media = false where id = $1', [first]);
    const done = played(first, 0);
    await send({ ...done, set: { ...done.set, watched_ranges: [], duration_seconds: 0 } });
    expect(await view()).toMatchObject({ watched: true });
  });
});

describe('rating', () => {
  const rate = (rating: number, feedback: string | null = null, lesson = first) => ({
    type: 'recording_ratings',
    id: naturalId('recording_ratings', chain.student.id, lesson!),
    set: { user_id: chain.student.id, lesson_id: lesson, rating, feedback },
  });

  test('only what was watched can be rated', async () => {
    expect(await send(rate(5))).toEqual(['locked']);
    academy.clock.pass(10);
    expect(await send(watch(chain.student.id, first!, now(), 600), rate(5))).toEqual(['ok', 'ok']);
  });

  test('one or two stars ask for words; one star is told to the staff', async () => {
    const admin = await createPerson(academy.database.server, 'admin');
    academy.clock.pass(10);
    await send(watch(chain.student.id, first!, now(), 600));
    expect(await send(rate(2))).toEqual(['invalid']);
    expect(await send(rate(1, 'No sound after ten minutes'))).toEqual(['ok']);
    expect(await academy.rows('select title, body from notifications where user_id = $1', [admin.id])).toEqual([
      { title: 'Low rating for First', body: '1 of 5. No sound after ten minutes' },
    ]);
  });

  test('opens the next lesson where ratings are asked for', async () => {
    await academy.rows("update company_settings set rating_gate_from = '2027-02-01'");
    await academy.rows('update assignments set is_required = false');
    academy.clock.pass(10);
    await send(watch(chain.student.id, first!, now(), 600));
    expect(await unlock(second)).toEqual({ is_unlocked: false, reason: 'previous_lesson_not_rated' });
    await send(rate(4));
    expect(await unlock(second)).toEqual({ is_unlocked: true, reason: 'requirements_met' });
    await academy.rows('update assignments set is_required = true');
  });
});

describe('notes', () => {
  const id = () => uuidv7();
  const write = (note: string, body: string, base: string | null, client_at: string, op = uuidv7()) => ({
    type: 'lesson_notes',
    op,
    id: note,
    base,
    client_at,
    set: { user_id: chain.student.id, lesson_id: first, at_seconds: 30, body, copy_of: null },
  });
  const notes = () =>
    academy.rows('select body, copy_of is not null as is_copy, is_deleted from lesson_notes where user_id = $1 order by is_copy, body', [chain.student.id]);
  const at = (minute: number) => `2027-03-01T07:${String(minute).padStart(2, '0')}:00.000Z`;

  test('an edit of what one saw replaces it', async () => {
    const note = id();
    const made = write(note, 'one', null, at(1));
    expect(await send(made, write(note, 'two', made.op, at(2)))).toEqual(['ok', 'ok']);
    expect(await notes()).toEqual([{ body: 'two', is_copy: false, is_deleted: false }]);
  });

  test.each([
    { order: 'newer last', sent: ['laptop', 'desktop'] as const },
    { order: 'older last', sent: ['desktop', 'laptop'] as const },
  ])('of two devices’ edits the newest stands and the other is kept beside it ($order)', async ({ sent }) => {
    const note = id();
    const made = write(note, 'one', null, at(1));
    const edits = { laptop: write(note, 'from the laptop', made.op, at(2)), desktop: write(note, 'from the desktop', made.op, at(3)) };
    expect(await send(made)).toEqual(['ok']);
    for (const device of sent) expect(await send(edits[device])).toEqual(['ok']);
    expect(await notes()).toEqual([
      { body: 'from the desktop', is_copy: false, is_deleted: false },
      { body: 'from the laptop', is_copy: true, is_deleted: false },
    ]);
  });

  test('a deletion is a tombstone; an older one does not take a newer text along', async () => {
    const note = id();
    const made = write(note, 'one', null, at(1));
    const edit = write(note, 'two', made.op, at(5));
    expect(await send(made, edit)).toEqual(['ok', 'ok']);
    const remove = (base: string, client_at: string) => ({ ...write(note, '', base, client_at), set: {}, deleted: true });
    expect(await send(remove(made.op, at(3)))).toEqual(['ok']);
    expect(await notes()).toEqual([{ body: 'two', is_copy: false, is_deleted: false }]);
    expect(await send(remove(edit.op, at(6)))).toEqual(['ok']);
    expect(await notes()).toEqual([{ body: 'two', is_copy: false, is_deleted: true }]);
  });

  test('are nobody else’s, not even the mentor’s or an admin’s', async () => {
    const note = id();
    const made = write(note, 'private', null, at(1));
    await send(made);
    for (const person of [chain.mentor, await createPerson(academy.database.server, 'admin')]) {
      const [verdict] = await academy.push(person, [{ ...write(note, 'mine now', made.op, at(2)), op: uuidv7() }]);
      expect(verdict?.s).toBe('refused');
      expect(JSON.stringify(verdict)).not.toContain('private');
    }
    expect(await notes()).toEqual([{ body: 'private', is_copy: false, is_deleted: false }]);
  });
});

describe('activity', () => {
  const log = (set: Record<string, unknown>) => ({
    type: 'user_activity_logs',
    set: { user_id: chain.student.id, activity_type: 'page_visit', occurred_at: now(), reference_id: null, metadata: {}, ...set },
  });
  const logged = () => academy.rows('select activity_type, occurred_at from user_activity_logs where user_id = $1', [chain.student.id]);

  test('a device tells only what a device may tell, about its own person', async () => {
    expect(await send(log({}))).toEqual(['ok']);
    expect(await send(log({ activity_type: 'assignment_approved' }))).toEqual(['not_allowed']);
    expect(await send(log({ user_id: chain.mentor.id }))).toEqual(['not_allowed']);
    expect(await send(log({ metadata: { text: 'x'.repeat(9000) } }))).toEqual(['too_large']);
    expect(await logged()).toEqual([{ activity_type: 'page_visit', occurred_at: now() }]);
  });

  test('times are kept between ninety days ago and now', async () => {
    await send(log({ occurred_at: '2030-01-01T00:00:00.000Z' }), log({ occurred_at: '2020-01-01T00:00:00.000Z' }));
    expect((await logged()).map((row) => row['occurred_at']).toSorted()).toEqual(['2026-12-01T08:00:00.000Z', now()]);
  });
});
