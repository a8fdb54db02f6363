import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { operation } from '../testing/operations.ts';
import { push } from '../testing/sync-client.ts';
import { e2eIds } from './stage.fixture.ts';
import {
  openRightsForTests,
  stage,
  ayesha,
  bilal,
  hamid,
  omar,
  own,
  zains,
  now,
  refusals,
  writes,
} from './raising-rights.fixture.ts';

openRightsForTests();

const review = (submission: string, reviewer: string, decision = 'approved') =>
  operation('submission_reviews', randomUUID(), {
    set: {
      submission_id: submission,
      submission_version: 1,
      reviewer_id: reviewer,
      decision,
      notes: 'Well done',
      score: 100,
      reviewed_at_client: now(),
    },
  });

const statusOf = async (id: string) =>
  (await stage.rows('select status, reviewed_by, score from submissions where id = $1', [id]))[0];

const pending = { status: 'pending', reviewed_by: null, score: null };

describe('a student cannot approve work', () => {
  test('its own, by the columns of the attempt', async () => {
    const set = {
      status: 'approved',
      reviewed_by: bilal.userId,
      reviewed_at: now(),
      score: 100,
      version: 9,
      notes: 'Good',
    };
    await push(ayesha, await writes('submissions', own, set));
    await push(ayesha, await writes('submissions', own, { ...set, withdraw_requested_at: null }));
    expect(await statusOf(own)).toEqual(pending);
  });

  test('its own, by handing in an attempt that says it is approved', async () => {
    const id = randomUUID();
    const set = {
      assignment_id: e2eIds.w2,
      student_id: ayesha.userId,
      content: 'My letter',
      links: [],
      file_ids: [],
      client_submitted_at: now(),
      based_on: null,
    };
    const [verdict] = await push(ayesha, [
      operation('submissions', id, {
        set: { ...set, status: 'approved', version: 7, reviewed_by: bilal.userId, score: 100, is_late: false },
      }),
    ]);
    expect(verdict).toMatchObject({ s: 'ok', doc: { status: 'pending', version: 1, reviewed_by: null, score: null } });
  });

  test("its own or another's, by a review in its own or its mentor's name", async () => {
    const tries = [own, zains].flatMap((work) =>
      [ayesha.userId, bilal.userId].map((reviewer) => review(work, reviewer)),
    );
    expect(refusals(await push(ayesha, tries))).toEqual(Array(4).fill('not_allowed'));
    expect(await statusOf(own)).toEqual(pending);
    expect(await statusOf(zains)).toEqual(pending);
  });
});

describe('who may not review cannot', () => {
  test('a mentor of neither the student nor the course, and learns nothing of the work', async () => {
    const verdicts = await push(hamid, [
      review(own, hamid.userId),
      review(own, bilal.userId),
      review(own, hamid.userId, 'comment'),
    ]);
    expect(refusals(verdicts)).toEqual(Array(3).fill('not_allowed'));
    expect(JSON.stringify(verdicts)).not.toContain(ayesha.userId);
    expect(await statusOf(own)).toEqual(pending);
  });

  test('an enrolment manager', async () => {
    expect(refusals(await push(omar, [review(own, omar.userId), review(own, bilal.userId)]))).toEqual([
      'not_allowed',
      'not_allowed',
    ]);
    expect(await statusOf(own)).toEqual(pending);
  });

  test("a mentor in another mentor's name, or with the outcome already written", async () => {
    const forged = review(own, bilal.userId);
    expect(
      refusals(await push(hamid, [{ ...forged, set: { ...forged.set, outcome: 'applied', reviewer_name: 'Bilal' } }])),
    ).toEqual(['not_allowed']);
    const [kept] = await push(bilal, [
      {
        ...review(own, bilal.userId, 'comment'),
        set: { ...review(own, bilal.userId, 'comment').set, outcome: 'rejected', reviewer_name: 'The Director' },
      },
    ]);
    expect(kept).toMatchObject({ s: 'ok', doc: { outcome: 'applied', reviewer_name: 'Bilal Ahmed' } });
  });
});

describe('a student cannot unlock a lesson', () => {
  test('by writing the decision, new or known, for itself or another', async () => {
    const set = {
      is_unlocked: true,
      unlocked_at: now(),
      source: 'manual',
      reason: 'manually_unlocked',
      offline_openable: true,
    };
    const before = await stage.rows('select * from user_unlocks order by id');
    const tries = [ayesha.userId, stage.zain.id].flatMap((user_id) =>
      [e2eIds.l2, e2eIds.l3].map((lesson_id) =>
        operation('user_unlocks', naturalId('user_unlocks', user_id, lesson_id), {
          set: { ...set, user_id, lesson_id },
        }),
      ),
    );
    for (const verdict of await push(ayesha, tries)) expect(verdict.s).not.toBe('ok');
    expect(await stage.rows('select * from user_unlocks order by id')).toEqual(before);
  });

  test('by rating what it has not watched, by module progress, or by an activity only the server writes', async () => {
    const progress = naturalId('user_module_progress', ayesha.userId, e2eIds.m1);
    const verdicts = await push(ayesha, [
      operation('recording_ratings', naturalId('recording_ratings', ayesha.userId, e2eIds.l1), {
        set: { user_id: ayesha.userId, lesson_id: e2eIds.l1, rating: 5, feedback: null },
      }),
      operation('user_module_progress', progress, {
        set: { user_id: ayesha.userId, module_id: e2eIds.m1, is_completed: true, progress_percentage: 100 },
      }),
      operation('user_activity_logs', randomUUID(), {
        set: {
          user_id: ayesha.userId,
          activity_type: 'video_watched',
          occurred_at: now(),
          reference_id: e2eIds.l1,
          metadata: {},
        },
      }),
    ]);
    for (const verdict of verdicts) expect(verdict.s).not.toBe('ok');
  });
});
