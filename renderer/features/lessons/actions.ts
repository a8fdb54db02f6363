import { naturalId } from '#contract/natural-id.ts';
import { unionRanges, type Range } from '#contract/rules/watched.ts';
import type { Replica } from '../../data/index.ts';

export type WatchReport = { position: number; ranges: readonly Range[]; duration: number | null };

/** Writes down where the student is and which seconds really played. Progress of other devices is joined, never replaced. */
export async function reportWatching(replica: Replica, lessonId: string, report: WatchReport): Promise<void> {
  const id = naturalId('recording_views', replica.actor.id, lessonId);
  const [known] = await replica.find('recording_views', { id });
  const set = {
    position_seconds: Math.max(0, Math.round(report.position * 10) / 10),
    watched_ranges: unionRanges(known?.watched_ranges ?? [], report.ranges),
    duration_seconds: report.duration,
    last_watched_at: replica.stamp().toISOString(),
  };
  if (known) await replica.writes.update('recording_views', id, set);
  // `watched` is the server's to say; until it does, the rule over the ranges decides what this device shows.
  else
    await replica.writes.insert('recording_views', {
      id,
      user_id: replica.actor.id,
      lesson_id: lessonId,
      watched: false,
      watched_at: null,
      ...set,
    });
}

/** Says that a lesson without a recording has been worked through. */
export const markComplete = (replica: Replica, lessonId: string): Promise<void> =>
  reportWatching(replica, lessonId, { position: 0, ranges: [], duration: 0 });

/** Stars and words for a lesson; a second rating replaces the first. */
export async function rateLesson(replica: Replica, lessonId: string, rating: number, feedback: string): Promise<void> {
  const id = naturalId('recording_ratings', replica.actor.id, lessonId);
  const set = { rating, feedback: feedback.trim() || null };
  const [known] = await replica.find('recording_ratings', { id });
  if (known) await replica.writes.update('recording_ratings', id, set);
  else await replica.writes.insert('recording_ratings', { id, user_id: replica.actor.id, lesson_id: lessonId, ...set });
}

/** Adds a private note, at a moment of the recording or without one. */
export const addNote = (replica: Replica, lessonId: string, body: string, atSeconds: number | null): Promise<string> =>
  replica.writes.insert('lesson_notes', {
    user_id: replica.actor.id,
    lesson_id: lessonId,
    body,
    at_seconds: atSeconds === null ? null : Math.floor(atSeconds),
    copy_of: null,
  });
