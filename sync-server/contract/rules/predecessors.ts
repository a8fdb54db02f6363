import type { CompanySettings } from '../tables/company.ts';
import type { RecordingRating, RecordingView } from '../tables/learning.ts';
import type { Assignment, AvailableLesson } from '../tables/lessons.ts';
import type { Submission } from '../tables/submissions.ts';
import { calendarDay } from './dates.ts';
import type { LockReason } from './unlock-reasons.ts';

/** What an earlier lesson still asks of the student or of others. */
export type Obstacle = { reason: LockReason; blocking: { lesson_id: string; title: string } };

export type LessonDemands = {
  /** The first thing missing at this lesson, in the order of workflows 2.2; null when it is done. */
  first: Obstacle | null;
  /** Something is missing that the student alone cannot settle offline: work that must be handed in and approved. */
  needsOthers: boolean;
};

export type PredecessorFacts = {
  settings: Pick<CompanySettings, 'rating_gate_from' | 'timezone'>;
  assignments: readonly Pick<Assignment, 'id' | 'lesson_id' | 'is_required' | 'is_active'>[];
  views: readonly Pick<RecordingView, 'lesson_id' | 'watched' | 'watched_at'>[];
  submissions: readonly Pick<Submission, 'assignment_id' | 'version' | 'status'>[];
  ratings: readonly Pick<RecordingRating, 'lesson_id'>[];
};

/** The attempt that counts: the one with the highest version. */
export function latestAttempt<S extends Pick<Submission, 'assignment_id' | 'version'>>(
  submissions: readonly S[],
): Map<string, S> {
  const latest = new Map<string, S>();
  for (const submission of submissions) {
    const known = latest.get(submission.assignment_id);
    if (!known || known.version < submission.version) latest.set(submission.assignment_id, submission);
  }
  return latest;
}

/** Only views from the day the gate began are asked for a rating; before that nobody was told to rate. */
export const isRatingOwed = (
  settings: Pick<CompanySettings, 'rating_gate_from' | 'timezone'>,
  view: Pick<RecordingView, 'watched' | 'watched_at'> | undefined,
): boolean =>
  settings.rating_gate_from !== null &&
  view?.watched === true &&
  view.watched_at !== null &&
  calendarDay(view.watched_at, settings.timezone) >= settings.rating_gate_from.slice(0, 10);

const workReason = {
  none: 'previous_assignment_not_submitted',
  withdrawn: 'previous_assignment_not_submitted',
  pending: 'previous_assignment_not_approved',
  declined: 'previous_assignment_declined',
  approved: null,
} as const satisfies Record<Submission['status'] | 'none', LockReason | null>;
const workOrder = [
  'previous_assignment_not_submitted',
  'previous_assignment_not_approved',
  'previous_assignment_declined',
] as const;

/** What each of these lessons asks before those after it may open. */
export function unmetBy(
  lessons: readonly Pick<AvailableLesson, 'id' | 'recording_title'>[],
  facts: PredecessorFacts,
): LessonDemands[] {
  const views = new Map(facts.views.map((view) => [view.lesson_id, view]));
  const rated = new Set(facts.ratings.map((rating) => rating.lesson_id));
  const latest = latestAttempt(facts.submissions);
  const asked = Map.groupBy(
    facts.assignments.filter((assignment) => assignment.is_required && assignment.is_active),
    (assignment) => assignment.lesson_id,
  );
  return lessons.map((lesson) => {
    const work = (asked.get(lesson.id) ?? []).map(({ id }) => workReason[latest.get(id)?.status ?? 'none']);
    const view = views.get(lesson.id);
    const reason = !view?.watched
      ? 'previous_lesson_not_watched'
      : (workOrder.find((candidate) => work.includes(candidate)) ??
        (isRatingOwed(facts.settings, view) && !rated.has(lesson.id) ? 'previous_lesson_not_rated' : null));
    return {
      first: reason && { reason, blocking: { lesson_id: lesson.id, title: lesson.recording_title } },
      needsOthers: work.some((candidate) => candidate !== null),
    };
  });
}
