import type { CompanySettings } from '../tables/company.ts';
import type { CourseEnrollment, Module } from '../tables/courses.ts';
import type { RecordingRating, RecordingView, UserUnlock } from '../tables/learning.ts';
import type { Assignment, AvailableLesson, LessonMedia } from '../tables/lessons.ts';
import type { Submission } from '../tables/submissions.ts';
import { at } from './dates.ts';
import { orderLessons } from './lesson-order.ts';
import { unmetBy, type Obstacle } from './predecessors.ts';
import { isSequential, type Blocking } from './unlocking.ts';
import type { DeviceLockReason, OpenReason } from './unlock-reasons.ts';
import { isWatched } from './watched.ts';

/** The server's decision as it lies in the replica. */
export type ServerUnlock = Pick<UserUnlock, 'is_unlocked' | 'reason' | 'available_at' | 'offline_openable'> & {
  /** The lesson that blocks, with its title where the replica has it. */
  blocking?: Blocking;
};

/** What this device itself knows about the lessons before one. */
export type LocalFacts = {
  /** Whether the lessons before it must be done at all. */
  sequential: boolean;
  /** The first thing still missing at an earlier lesson as this device has it, sent or not. */
  obstacle: Obstacle | null;
};

/** Until when content opens without contact; null = not told yet. */
export type Lease = { until: string | null } | null;

export type DeviceState =
  | { state: 'open'; reason: OpenReason }
  /** Opened by what was done here or by a date; the server confirms at the next sync (screens 3.9). */
  | { state: 'provisional' }
  | { state: 'locked'; reason: DeviceLockReason; blocking?: Blocking; available_at?: string };

/** Reasons that the student's own doing on this device can change before the server hears of it. */
const sequenceReasons: ReadonlySet<DeviceLockReason> = new Set<DeviceLockReason>([
  'previous_lesson_not_watched',
  'previous_lesson_not_rated',
  'previous_assignment_not_submitted',
  'previous_assignment_not_approved',
  'previous_assignment_declined',
]);
const ownSteps: ReadonlySet<DeviceLockReason> = new Set<DeviceLockReason>([
  'previous_lesson_not_watched',
  'previous_lesson_not_rated',
]);

/**
 * Whether a lesson opens on this device: the server's word, and for lessons it pre-authorised (`offline_openable`) the
 * student's own steps and trusted dates. `trustedNow` null = time cannot be trusted: nothing opens by a date.
 * Approvals, fees and restrictions are never guessed.
 */
export function openOnDevice(
  unlock: ServerUnlock | null,
  local: LocalFacts,
  trustedNow: string | null,
  lease: Lease,
): DeviceState {
  if (!unlock) return { state: 'locked', reason: 'offline_unconfirmed' };
  const leaseEnded = trustedNow !== null && lease?.until != null && at(trustedNow) >= at(lease.until);
  if (unlock.is_unlocked) {
    if (leaseEnded) return { state: 'locked', reason: 'offline_unconfirmed' };
    return { state: 'open', reason: (unlock.reason ?? 'requirements_met') as OpenReason };
  }
  const reason = (unlock.reason ?? 'no_access') as DeviceLockReason;
  const date = unlock.available_at ? { available_at: unlock.available_at } : {};
  const asTold: DeviceState = {
    state: 'locked',
    reason,
    ...(unlock.blocking && { blocking: unlock.blocking }),
    ...date,
  };

  if (reason === 'drip_locked') {
    if (trustedNow === null) return { state: 'locked', reason: 'offline_unconfirmed', ...date };
    if (!unlock.available_at || at(trustedNow) < at(unlock.available_at)) return asTold;
  } else if (!sequenceReasons.has(reason)) return asTold;

  if (local.sequential && local.obstacle) return { state: 'locked', ...local.obstacle };
  // Nothing is missing here, but the server waits for a decision of somebody else.
  if (reason !== 'drip_locked' && !ownSteps.has(reason)) return asTold;
  if (!unlock.offline_openable || leaseEnded) return { state: 'locked', reason: 'offline_unconfirmed', ...date };
  return { state: 'provisional' };
}

/** The rows of one course as the replica holds them, unsent edits included. */
export type DeviceCourse = {
  course_id: string;
  settings: Pick<CompanySettings, 'lms_sequential_unlock' | 'watch_complete_percent' | 'rating_gate_from' | 'timezone'>;
  enrolments: readonly Pick<CourseEnrollment, 'sequential_override' | 'sequential_enabled'>[];
  modules: readonly Pick<Module, 'id' | 'course_id' | 'sequence_order'>[];
  lessons: readonly Pick<
    AvailableLesson,
    'id' | 'module_id' | 'recording_title' | 'sequence_order' | 'is_published' | 'has_media'
  >[];
  media: readonly Pick<LessonMedia, 'id' | 'duration_seconds'>[];
  assignments: readonly Pick<Assignment, 'id' | 'lesson_id' | 'is_required' | 'is_active'>[];
  unlocks: readonly Pick<
    UserUnlock,
    'lesson_id' | 'is_unlocked' | 'reason' | 'available_at' | 'blocking_lesson_id' | 'offline_openable'
  >[];
  views: readonly Pick<
    RecordingView,
    'lesson_id' | 'watched' | 'watched_at' | 'watched_ranges' | 'duration_seconds' | 'last_watched_at'
  >[];
  ratings: readonly Pick<RecordingRating, 'lesson_id'>[];
  submissions: readonly Pick<Submission, 'assignment_id' | 'version' | 'status'>[];
};

/**
 * Watched as this device sees it: the server's flag, or its own ranges meeting the rule before they were sent.
 * A lesson without a recording counts when the student said so, by a view with `duration_seconds` 0.
 */
export const isWatchedHere = (
  view: Pick<RecordingView, 'watched' | 'watched_ranges' | 'duration_seconds'> | undefined,
  lesson: { has_media: boolean; duration_seconds: number | null },
  percent: number,
): boolean => {
  if (!view) return false;
  if (view.watched) return true;
  if (!lesson.has_media) return view.duration_seconds === 0;
  return isWatched(view.watched_ranges, lesson.duration_seconds ?? view.duration_seconds, percent);
};

/** The state of every lesson of a course on this device, in course order. */
export function evaluateOnDevice(
  course: DeviceCourse,
  trustedNow: string | null,
  lease: Lease,
): Map<string, DeviceState> {
  const ordered = orderLessons(course.modules, course.lessons, course.course_id);
  const titles = new Map(ordered.map((lesson) => [lesson.id, lesson.recording_title]));
  const unlocks = new Map(course.unlocks.map((unlock) => [unlock.lesson_id, unlock]));
  const demands = unmetBy(ordered, { ...course, views: localViews(course, ordered) });
  // With several enrolments the server took the one that opens; the stricter reading only delays a provisional opening.
  const sequential =
    course.enrolments.length === 0
      ? course.settings.lms_sequential_unlock
      : course.enrolments.some((enrolment) => isSequential(enrolment, course.settings));

  const states = new Map<string, DeviceState>();
  let obstacle: Obstacle | null = null;
  for (const [position, lesson] of ordered.entries()) {
    const row = unlocks.get(lesson.id);
    const title = row?.blocking_lesson_id ? titles.get(row.blocking_lesson_id) : undefined;
    const unlock = row && {
      ...row,
      ...(title !== undefined && { blocking: { lesson_id: row.blocking_lesson_id!, title } }),
    };
    states.set(lesson.id, openOnDevice(unlock ?? null, { sequential, obstacle }, trustedNow, lease));
    obstacle ??= demands[position]!.first;
  }
  return states;
}

function localViews(course: DeviceCourse, ordered: readonly DeviceCourse['lessons'][number][]) {
  const durations = new Map(course.media.map((media) => [media.id, media.duration_seconds]));
  const lessons = new Map(ordered.map((lesson) => [lesson.id, lesson]));
  return course.views.map((view) => {
    const facts = {
      has_media: lessons.get(view.lesson_id)?.has_media ?? true,
      duration_seconds: durations.get(view.lesson_id) ?? null,
    };
    const watched = isWatchedHere(view, facts, course.settings.watch_complete_percent);
    return { lesson_id: view.lesson_id, watched, watched_at: view.watched_at ?? view.last_watched_at };
  });
}
