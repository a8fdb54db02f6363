import type { CompanySettings } from '../tables/company.ts';
import type { Course, Module } from '../tables/courses.ts';
import type { RecordingRating, RecordingView } from '../tables/learning.ts';
import type { Assignment, AvailableLesson } from '../tables/lessons.ts';
import type { Submission } from '../tables/submissions.ts';
import { accessLock, isRestricted, type EnrolmentFacts, type PathwayStep, type StudentFacts } from './access.ts';
import { at } from './dates.ts';
import { dripDate, dripDays, isDripOn, type DripOverride } from './drip.ts';
import { orderLessons } from './lesson-order.ts';
import { unmetBy, type Obstacle } from './predecessors.ts';
import { lockReasons, type LockReason, type OpenReason } from './unlock-reasons.ts';

/** Everything workflows 2.2 decides by, for one student and one course; `now` is trusted time. */
export type CourseFacts = {
  now: string;
  settings: Pick<
    CompanySettings,
    'lms_sequential_unlock' | 'drip_enabled_default' | 'rating_gate_from' | 'lookahead_lessons' | 'timezone'
  >;
  student: StudentFacts;
  course: Pick<Course, 'id' | 'drip_enabled'>;
  modules: readonly Pick<Module, 'id' | 'course_id' | 'sequence_order'>[];
  lessons: readonly Pick<
    AvailableLesson,
    'id' | 'module_id' | 'recording_title' | 'sequence_order' | 'is_published' | 'drip_days'
  >[];
  assignments: readonly Pick<Assignment, 'id' | 'lesson_id' | 'is_required' | 'is_active'>[];
  /** The enrolments that lead to this course at all: direct, by a pathway that holds it, or by the batch. */
  enrolments: readonly EnrolmentFacts[];
  pathway_courses: readonly PathwayStep[];
  drip_overrides: readonly DripOverride[];
  views: readonly Pick<RecordingView, 'lesson_id' | 'watched' | 'watched_at'>[];
  submissions: readonly Pick<Submission, 'assignment_id' | 'version' | 'status'>[];
  ratings: readonly Pick<RecordingRating, 'lesson_id'>[];
  /** Lessons that staff opened by hand. */
  manual_unlocks: readonly string[];
};

/** The lesson somebody has to deal with first. */
export type Blocking = { lesson_id: string; title: string };

export type OpenState = { state: 'open'; reason: OpenReason; blocking?: undefined; available_at?: undefined };
export type LockedState = {
  state: 'locked';
  reason: LockReason;
  blocking?: Blocking;
  /** The date of `drip_locked`. */
  available_at?: string;
};
/** A lesson's state with what the server adds for devices. */
export type LessonState = (OpenState | LockedState) & {
  /** Only the student's own watching or rating, or a date, is missing: the device may open it (data model 5.6). */
  offline_openable: boolean;
};

type Outcome = (OpenState | LockedState) & { ownStepsOnly: boolean };

/**
 * The state of every published lesson of a course, in course order (workflows 2.2, steps 1 to 11).
 * Of several enrolments the one that opens wins; else the reason that comes latest, ties to the newest enrolment.
 */
export function evaluateCourse(facts: CourseFacts): Map<string, LessonState> {
  const ordered = orderLessons(facts.modules, facts.lessons, facts.course.id);
  const newestFirst = facts.enrolments.toSorted(
    (a, b) => at(b.enrolled_at) - at(a.enrolled_at) || (a.id < b.id ? 1 : -1),
  );
  const known = index(facts);
  const outcomes = newestFirst.map((enrolment) => evaluateThrough(enrolment, ordered, facts, known));
  const states = new Map<string, LessonState>();
  let ahead = 0;
  for (const [position, lesson] of ordered.entries()) {
    const outcome = best(outcomes.map((list) => list[position]!)) ?? withoutEnrolment(facts);
    const { ownStepsOnly, ...state } = outcome;
    const withinReach = state.state === 'locked' && ++ahead <= facts.settings.lookahead_lessons;
    states.set(lesson.id, { ...state, offline_openable: withinReach && ownStepsOnly });
  }
  return states;
}

/** The state of one lesson; `no_access` for one that is not among the course's published lessons. */
export const evaluateLesson = (facts: CourseFacts & { lesson_id: string }): LessonState =>
  evaluateCourse(facts).get(facts.lesson_id) ?? { state: 'locked', reason: 'no_access', offline_openable: false };

type Ordered = CourseFacts['lessons'][number];
type Known = ReturnType<typeof index>;

function index(facts: CourseFacts) {
  return {
    watched: new Set(facts.views.filter((view) => view.watched).map((view) => view.lesson_id)),
    manual: new Set(facts.manual_unlocks),
  };
}

function withoutEnrolment(facts: CourseFacts): Outcome {
  return locked(isRestricted(facts.student) ? 'account_restricted' : 'no_access');
}

function best(outcomes: readonly Outcome[]): Outcome | undefined {
  const open = outcomes.find((outcome) => outcome.state === 'open');
  if (open) return open;
  const ownStepsOnly = outcomes.some((outcome) => outcome.ownStepsOnly);
  let shown: Outcome | undefined;
  for (const outcome of outcomes) if (!shown || weight(outcome) > weight(shown)) shown = outcome;
  return shown && { ...shown, ownStepsOnly };
}

const weight = (outcome: Outcome): number =>
  outcome.state === 'locked' ? lockReasons.indexOf(outcome.reason) : Infinity;
const open = (reason: OpenReason): Outcome => ({ state: 'open', reason, ownStepsOnly: false });
const locked = (reason: LockReason): Outcome => ({ state: 'locked', reason, ownStepsOnly: false });

/** Steps 1 to 11 for every lesson through one enrolment, walking the course once. */
function evaluateThrough(
  enrolment: EnrolmentFacts,
  ordered: readonly Ordered[],
  facts: CourseFacts,
  known: Known,
): Outcome[] {
  const gate = isRestricted(facts.student)
    ? 'account_restricted'
    : accessLock(facts.student, enrolment, facts.course.id, facts.pathway_courses, facts.now);
  if (gate) return ordered.map(() => locked(gate));

  const bypass =
    isOff(enrolment.drip_override, enrolment.drip_enabled) &&
    isOff(enrolment.sequential_override, enrolment.sequential_enabled);
  const sequential = isSequential(enrolment, facts.settings);
  const drips = isDripOn(enrolment, facts.course, facts.settings);
  const obstacles = unmetBy(ordered, facts);
  // What the walk over the predecessors has met so far.
  let first: Obstacle | null = null;
  let needsOthers = false;

  return ordered.map((lesson, position) => {
    const before = first;
    const beforeNeedsOthers = needsOthers;
    const own = obstacles[position]!;
    first ??= own.first;
    needsOthers ||= own.needsOthers;

    if (bypass) return open('drip_bypass');
    if (known.manual.has(lesson.id)) return open('manually_unlocked');
    if (known.watched.has(lesson.id)) return open('already_watched');
    const ownStepsOnly = !sequential || !beforeNeedsOthers;
    if (drips) {
      const date = dripDate(enrolment, dripDays(lesson, facts.course.id, enrolment.pathway_id, facts.drip_overrides));
      if (at(facts.now) < at(date)) return { state: 'locked', reason: 'drip_locked', available_at: date, ownStepsOnly };
    }
    if (!sequential) return open('sequential_off');
    if (position === 0) return open('first_lesson');
    if (before) return { state: 'locked', reason: before.reason, blocking: before.blocking, ownStepsOnly };
    return open('requirements_met');
  });
}

const isOff = (override: boolean, enabled: boolean | null): boolean => override && enabled === false;

/** Whether lessons open one after the other: the enrolment's own switch, else the company's. */
export const isSequential = (
  enrolment: Pick<EnrolmentFacts, 'sequential_override' | 'sequential_enabled'>,
  settings: Pick<CompanySettings, 'lms_sequential_unlock'>,
): boolean => (enrolment.sequential_override ? enrolment.sequential_enabled : null) ?? settings.lms_sequential_unlock;
