import type { Verdict } from '../errors.ts';
import { isStaff, type Actor } from '../roles.ts';
import type { Submission, SubmissionReview } from '../tables/submissions.ts';
import { at } from './dates.ts';

type Status = Submission['status'];
type Decision = SubmissionReview['decision'];

/** What a decision does to an attempt, or why it cannot be made; `revoke` is staff's, `reopen` its reviewer's. */
type Effect = { to: Status; only?: 'reopen' | 'revoke' } | { refused: Exclude<Verdict, 'allowed'> };

/** Every status × every decision (workflows §6, Submission). */
export const transitions = {
  pending: {
    approved: { to: 'approved' },
    declined: { to: 'declined' },
    reopened: { refused: 'stale' },
    comment: { to: 'pending' },
  },
  approved: {
    approved: { refused: 'already_reviewed' },
    declined: { to: 'declined', only: 'revoke' },
    reopened: { to: 'pending', only: 'reopen' },
    comment: { to: 'approved' },
  },
  declined: {
    approved: { refused: 'already_reviewed' },
    declined: { refused: 'already_reviewed' },
    reopened: { to: 'pending', only: 'reopen' },
    comment: { to: 'declined' },
  },
  withdrawn: {
    approved: { refused: 'stale' },
    declined: { refused: 'stale' },
    reopened: { refused: 'stale' },
    comment: { refused: 'stale' },
  },
} as const satisfies Record<Status, Record<Decision, Effect>>;

/** How long a reviewer may take back a decision of his own. */
export const reopenMinutes = 15;

export type ReviewFacts = {
  submission: Pick<Submission, 'version' | 'status' | 'student_id' | 'reviewed_by' | 'reviewed_at'>;
  /** The student's highest version of this assignment. */
  latestVersion: number;
  /** A lesson after this one has been watched: the decision has had its effect and stays. */
  laterLessonWatched: boolean;
  /** The reviewer covers the student, the course, or was given this piece of work. */
  inScope: boolean;
  /** Server time. */
  now: string;
};

export type ReviewInput = Pick<SubmissionReview, 'submission_version' | 'decision' | 'notes' | 'score'>;

/** Whether this person may make this decision now (workflows 3.18). */
export function canReview(actor: Actor, review: ReviewInput, facts: ReviewFacts): Verdict {
  const { submission } = facts;
  if (actor.id === submission.student_id || !mayJudge(actor, facts.inScope)) return 'not_allowed';
  const needsWords = review.decision === 'declined' || review.decision === 'comment';
  if (needsWords && !review.notes?.trim()) return 'invalid';
  if ((review.notes ?? '').length > 5000) return 'invalid';
  if (review.decision === 'comment') return submission.status === 'withdrawn' ? 'stale' : 'allowed';
  if (review.submission_version !== submission.version || submission.version !== facts.latestVersion) return 'stale';
  const effect: Effect = transitions[submission.status][review.decision];
  if ('refused' in effect) return effect.refused;
  if (effect.only === 'reopen') return canReopen(actor, facts);
  if (effect.only === 'revoke') return canRevoke(actor, facts);
  return 'allowed';
}

/** Within 15 minutes the reviewer may take back his own decision, while nothing was built on it. */
export function canReopen(actor: Actor, facts: ReviewFacts): Verdict {
  const { submission } = facts;
  if (submission.reviewed_by !== actor.id) return 'not_allowed';
  if (facts.laterLessonWatched || submission.version !== facts.latestVersion) return 'stale';
  const age = submission.reviewed_at === null ? Infinity : at(facts.now) - at(submission.reviewed_at);
  return age <= reopenMinutes * 60_000 ? 'allowed' : 'stale';
}

/** Staff may turn an approval into a decline as long as no later lesson was watched. */
function canRevoke(actor: Actor, facts: ReviewFacts): Verdict {
  if (!isStaff(actor.role)) return 'already_reviewed';
  return facts.laterLessonWatched ? 'stale' : 'allowed';
}

const mayJudge = (actor: Actor, inScope: boolean): boolean =>
  isStaff(actor.role) || (actor.role === 'mentor' && inScope);

/** The status an allowed decision leads to. */
export function statusAfter(status: Status, decision: Decision): Status {
  const effect: Effect = transitions[status][decision];
  if ('refused' in effect) throw new Error(`no ${decision} on ${status} work`);
  return effect.to;
}
