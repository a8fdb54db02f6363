import { recordingRatings } from '#contract/tables/learning.ts';
import { defineSync, type PushContext } from '../../sync/define-sync.ts';
import { notify } from '../notifications/index.ts';
import { lockProgress, readWatchFacts } from './facts.ts';
import { recomputeUnlocks } from './unlocks.ts';

/** Stars for a lesson one has watched; one or two of them ask for a word why. */
export const recordingRatingsSync = defineSync(recordingRatings, {
  guard: async ({ tx, actor, deps }, { before, set }) => {
    const row = { ...before, ...set };
    if (actor.role !== 'student' || row['user_id'] !== actor.id) return 'not_allowed';
    const feedback = row['feedback'] as string | null | undefined;
    if ((row['rating'] as number) <= 2 && !feedback?.trim()) return 'invalid';
    await lockProgress(tx, actor.id);
    const facts = await readWatchFacts(tx, deps.serverKey, actor.id, row['lesson_id'] as string);
    if (!facts) return 'not_allowed';
    return facts.watched ? 'allowed' : 'locked';
  },
  after: async (context, { before, after }) => {
    if (!after) return;
    if (after['rating'] === 1 && before?.['rating'] !== 1) await alertStaff(context, after);
    // A first rating may open the next lesson; a changed one opens nothing.
    if (before) return;
    await addExperience(context);
    await recomputeUnlocks(context.tx, context.deps, context.actor.id, { cause: 'rating' });
  },
});

/** Points of experience for the first rating of a lesson (data model R21). */
const ratingPoints = 2;

const addExperience = async ({ tx, deps, actor, now }: PushContext): Promise<void> =>
  void (await tx.query('select server_add_rating_xp($1, $2, $3, $4)', [deps.serverKey, actor.id, ratingPoints, now]));

async function alertStaff({ tx, deps }: PushContext, rating: Record<string, unknown>): Promise<void> {
  const lesson = await tx.query<{ title: string }>(
    'select recording_title as title from available_lessons where id = $1',
    [rating['lesson_id']],
  );
  const staff = await tx.query<{ id: string }>('select server_staff($1) as id', [deps.serverKey]);
  for (const { id } of staff.rows) {
    await notify(tx, deps, {
      template: 'low_rating_alert',
      to: id,
      fields: {
        lesson: lesson.rows[0]?.title ?? '',
        rating: rating['rating'] as number,
        feedback: rating['feedback'] as string,
      },
      link: `lesson/${rating['lesson_id'] as string}`,
      dedupe: `low_rating:${rating['id'] as string}:${id}`,
    });
  }
}
