import { clips } from './clips/clips.ts';
import type { DemoCourse, DemoFile, DemoLesson } from './demo-catalogue.ts';
import type { DemoState } from './demo-states.ts';
import { earliest, later, type DemoTime } from './demo-time.ts';
import { addApprovedWork, addWork } from './demo-work.ts';
import type { Random } from './random.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

export type Learner = { id: string; full_name: string; mentor: { id: string; full_name: string } };
export type Journey = { rows: RowCollector; files: DemoFile[]; random: Random; time: DemoTime };

/** How far a learner has come in one course. */
export type Progress = { startedAt: string; lessonsDone: number; ends: DemoState['ends'] };

/** Writes down what a learner has seen, rated and handed in, lesson after lesson, up to today. */
export function walkCourse(journey: Journey, learner: Learner, course: DemoCourse, progress: Progress): void {
  const { random, time } = journey;
  const done = placeOfEnd(course, progress);
  const whole = (time.now.getTime() - Date.parse(progress.startedAt)) / 3_600_000;
  const pace = whole / (done + 1.5);
  let opened = later(progress.startedAt, { hours: 1 });
  for (const [index, lesson] of course.lessons.slice(0, done).entries()) {
    const seenAt = later(opened, { hours: pace * (0.2 + 0.2 * random.next()) });
    addUnlock(journey, learner, lesson, opened, index === 0);
    addView(journey, learner, lesson, seenAt);
    addRating(journey, learner, lesson, seenAt);
    if (lesson.task && lesson.assignmentId && (lesson.task.isRequired ?? true))
      addApprovedWork(journey, learner, lesson, seenAt, pace);
    opened = later(opened, { hours: pace });
  }
  const next = course.lessons[done];
  if (!next) return;
  const since = earliest(opened, time.daysAgo(0.2));
  addUnlock(journey, learner, next, since, done === 0);
  addDesk(journey, learner, next, progress.ends, since);
}

/** An end that needs a task stops at the nearest lesson that has one. */
function placeOfEnd(course: DemoCourse, { lessonsDone, ends }: Progress): number {
  if (ends === 'complete') return course.lessons.length;
  if (ends === 'nothing' || ends === 'partly watched') return Math.min(lessonsDone, course.lessons.length - 1);
  const withTask = (lesson: DemoLesson): boolean => lesson.task !== undefined && (lesson.task.isRequired ?? true);
  const ahead = course.lessons.findIndex((lesson, index) => index >= lessonsDone && withTask(lesson));
  return ahead >= 0 ? ahead : course.lessons.findLastIndex(withTask);
}

function addDesk(
  journey: Journey,
  learner: Learner,
  lesson: DemoLesson,
  ends: DemoState['ends'],
  opened: string,
): void {
  const { time, random } = journey;
  if (ends === 'nothing' || ends === 'complete') return;
  const seenAt = earliest(later(opened, { hours: 3 }), time.daysAgo(0.1));
  if (ends === 'partly watched') {
    addView(journey, learner, lesson, seenAt, 0.3 + 0.4 * random.next());
    return;
  }
  addView(journey, learner, lesson, seenAt);
  addRating(journey, learner, lesson, seenAt);
  const sentAt = earliest(later(seenAt, { hours: 2 + 20 * random.next() }), time.daysAgo(0.05 + random.next()));
  if (ends === 'pending') addWork(journey, learner, lesson, { version: 1, status: 'pending', sentAt });
  if (ends === 'withdrawn') addWork(journey, learner, lesson, { version: 1, status: 'withdrawn', sentAt });
  if (ends === 'declined') addWork(journey, learner, lesson, { version: 1, status: 'declined', sentAt });
  if (ends === 'resubmitted') {
    addWork(journey, learner, lesson, { version: 1, status: 'declined', sentAt: later(sentAt, { days: -3 }) });
    addWork(journey, learner, lesson, { version: 2, status: 'pending', sentAt });
  }
}

function addUnlock({ rows }: Journey, learner: Learner, lesson: DemoLesson, at: string, isFirst: boolean): void {
  rows.add('user_unlocks', {
    user_id: learner.id,
    lesson_id: lesson.id,
    is_unlocked: true,
    unlocked_at: at,
    source: isFirst ? 'first_lesson' : 'completion',
    reason: 'requirements_met',
    created_at: at,
  });
}

function addView({ rows, random }: Journey, learner: Learner, lesson: DemoLesson, at: string, share = 1): void {
  const length = clips.find((clip) => clip.name === lesson.clip)?.seconds ?? null;
  const seconds = length === null ? 0 : Math.floor(length * share);
  const isWatched = share >= 0.9;
  rows.add('recording_views', {
    user_id: learner.id,
    lesson_id: lesson.id,
    watched: isWatched,
    watched_at: isWatched ? at : null,
    position_seconds: seconds,
    watched_ranges: seconds > 0 ? [[0, seconds]] : [],
    watched_seconds: seconds,
    // Where there is nothing to play, the length a student reports is 0.
    duration_seconds: length ?? (isWatched ? 0 : null),
    last_watched_at: at,
    created_at: at,
  });
  if (isWatched)
    rows.add('user_activity_logs', {
      id: seedId('activity', learner.id, lesson.id),
      user_id: learner.id,
      activity_type: 'video_watched',
      reference_id: lesson.id,
      occurred_at: later(at, { hours: random.next() / 60 }),
    });
}

const praise = [
  'Clear and short.',
  'The example from Karachi helped.',
  'I watched it twice, good pace.',
  'More of this please.',
  null,
  null,
  null,
];

function addRating({ rows, random }: Journey, learner: Learner, lesson: DemoLesson, at: string): void {
  const rating = random.pick([3, 4, 4, 4, 5, 5, 5, 5, 2]);
  const feedback = rating === 2 ? 'Too fast for me, and the text on the sheet was hard to read.' : random.pick(praise);
  rows.add('recording_ratings', {
    user_id: learner.id,
    lesson_id: lesson.id,
    rating,
    feedback,
    created_at: later(at, { hours: 0.1 }),
  });
}

/** Private notes of a learner about a lesson. */
export function addNote(
  { rows }: Journey,
  learner: Learner,
  lesson: DemoLesson,
  atSeconds: number | null,
  body: string,
  at: string,
): void {
  rows.add('lesson_notes', {
    id: seedId('note', learner.id, lesson.id, body),
    user_id: learner.id,
    lesson_id: lesson.id,
    at_seconds: atSeconds,
    body,
    client_at: at,
    created_at: at,
  });
}
