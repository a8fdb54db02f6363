import { canReview, type ReviewFacts } from '#contract/rules/reviewing.ts';
import type { Verdict } from '#contract/errors.ts';
import { submissionReviews, type Submission, type SubmissionReview } from '#contract/tables/submissions.ts';
import type { Tx } from '../../db/sql.ts';
import { defineSync, type PushContext } from '../../sync/define-sync.ts';
import { lockProgress } from '../learning/index.ts';
import { carryOut } from './review-effects.ts';

type Proposed = Pick<
  SubmissionReview,
  'submission_id' | 'submission_version' | 'reviewer_id' | 'decision' | 'notes' | 'score' | 'reviewed_at_client'
>;

/** A reviewer's decision: append-only, and the first valid one wins (data model R15). */
export const submissionReviewsSync = defineSync(submissionReviews, {
  guard: async (context, { before, set, deleted }) => {
    if (deleted) return 'not_allowed';
    if (before) return 'duplicate';
    return guardReview(context, set as Proposed);
  },
  after: async (context, { before, after }) => {
    if (after && !before) await carryOut(context, after as unknown as SubmissionReview);
  },
});

async function guardReview({ tx, actor, deps, now }: PushContext, review: Proposed): Promise<Verdict> {
  if (review.reviewer_id !== actor.id || actor.role === 'student' || actor.role === 'enrollment_manager')
    return 'not_allowed';
  const inScope = await mayReview(tx, review.submission_id);
  const studentId = inScope && (await studentOf(tx, review.submission_id));
  if (!studentId) return 'not_allowed';
  await lockProgress(tx, studentId);
  const facts = await lockSubmission(tx, deps.serverKey, review.submission_id);
  if (!facts) return 'not_allowed';
  return canReview(
    actor,
    { ...review, notes: review.notes ?? null, score: review.score ?? null },
    {
      ...facts,
      inScope,
      now: now.toISOString(),
    },
  );
}

/** As this person: policies know who covers whom. */
async function mayReview(tx: Tx, submissionId: string): Promise<boolean> {
  const { rows } = await tx.query<{ may: boolean }>('select app_may_review($1) as may', [submissionId]);
  return rows[0]!.may;
}

async function studentOf(tx: Tx, submissionId: string): Promise<string | null> {
  const { rows } = await tx.query<{ student_id: string }>('select student_id from submissions where id = $1', [
    submissionId,
  ]);
  return rows[0]?.student_id ?? null;
}

async function lockSubmission(
  tx: Tx,
  key: string,
  submissionId: string,
): Promise<Pick<ReviewFacts, 'submission' | 'latestVersion' | 'laterLessonWatched'> | null> {
  const { rows } = await tx.query<
    ReviewFacts['submission'] &
      Pick<Submission, 'assignment_id'> & { latest_version: number; later_lesson_watched: boolean }
  >('select * from server_lock_submission($1, $2)', [key, submissionId]);
  const row = rows[0];
  return row
    ? { submission: row, latestVersion: row.latest_version, laterLessonWatched: row.later_lesson_watched }
    : null;
}
