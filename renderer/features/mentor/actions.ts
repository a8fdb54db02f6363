import type { Verdict } from '#contract/errors.ts';
import { canReview, statusAfter } from '#contract/rules/reviewing.ts';
import type { SubmissionReview } from '#contract/tables/submissions.ts';
import type { Replica } from '../../data/index.ts';
import type { ReviewEntry } from './review-list.ts';

/**
 * Decides an attempt: written on this device at once and sent when there is a network; the server's first valid verdict wins.
 * Returns the rule's refusal instead of writing what the server would not take.
 */
export async function reviewWork(
  replica: Replica,
  { submission, isLatest }: ReviewEntry,
  decision: SubmissionReview['decision'],
  notes: string,
): Promise<Verdict> {
  const at = replica.stamp().toISOString();
  const input = { submission_version: submission.version, decision, notes: notes.trim() || null, score: null };
  const verdict = canReview(replica.actor, input, {
    submission,
    latestVersion: isLatest ? submission.version : submission.version + 1,
    // Whether a later lesson was watched, and the scope, are the server's to know: what this device sees is in scope.
    laterLessonWatched: false,
    inScope: true,
    now: at,
  });
  if (verdict !== 'allowed') return verdict;
  const [me] = await replica.find('users', { id: replica.actor.id });
  await replica.writes.insert('submission_reviews', {
    submission_id: submission.id,
    reviewer_id: replica.actor.id,
    reviewed_at_client: at,
    ...input,
    reviewer_name: me?.full_name ?? '',
    outcome: 'applied',
  });
  return 'allowed';
}

/** The status an attempt has for this reviewer while his own decision is still on its way. */
export const statusWith = (entry: ReviewEntry, own: SubmissionReview | undefined) =>
  own && own.submission_version === entry.submission.version && entry.submission.status === 'pending'
    ? statusAfter('pending', own.decision)
    : entry.submission.status;
