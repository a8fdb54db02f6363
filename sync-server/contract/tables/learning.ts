import { z } from 'zod';
import { count, id, instant, maybeId, maybeInstant, ranges, standard } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';
import { lockReasons, openReasons } from '../rules/unlock-reasons.ts';

/** Watch state per person and lesson. `watched` is the server's (workflows 3.16). */
export const recordingViews = defineTable({
  name: 'recording_views',
  family: 'learning',
  naturalKey: ['user_id', 'lesson_id'],
  row: z.object({
    ...standard,
    user_id: id,
    lesson_id: id,
    watched: z.boolean(),
    watched_at: maybeInstant,
    position_seconds: z.number().min(0),
    watched_ranges: ranges,
    watched_seconds: z.number().min(0),
    duration_seconds: z.number().min(0).nullable(),
    last_watched_at: maybeInstant,
  }),
  device: {
    insert: ['id', 'user_id', 'lesson_id', 'position_seconds', 'watched_ranges', 'duration_seconds', 'last_watched_at'],
    update: { position_seconds: 'lww', watched_ranges: 'union', duration_seconds: 'max', last_watched_at: 'max' },
  },
});
export type RecordingView = Doc<typeof recordingViews>;

/** The server's access decision per person and lesson (workflows 2.2). Never written by a device. */
export const userUnlocks = defineTable({
  name: 'user_unlocks',
  family: 'learning',
  naturalKey: ['user_id', 'lesson_id'],
  row: z.object({
    ...standard,
    user_id: id,
    lesson_id: id,
    is_unlocked: z.boolean(),
    unlocked_at: maybeInstant,
    source: z.enum(['first_lesson', 'completion', 'rating', 'approval', 'drip', 'rule', 'manual', 'bypass']),
    reason: z.enum([...lockReasons, ...openReasons]).nullable(),
    available_at: maybeInstant,
    blocking_lesson_id: maybeId,
    /** The sole missing condition is the student's own watching or rating, or a date: the device may open it. */
    offline_openable: z.boolean(),
  }),
  device: {},
});
export type UserUnlock = Doc<typeof userUnlocks>;

/** Stars and feedback on a lesson. */
export const recordingRatings = defineTable({
  name: 'recording_ratings',
  family: 'learning',
  naturalKey: ['user_id', 'lesson_id'],
  row: z.object({
    ...standard,
    user_id: id,
    lesson_id: id,
    rating: z.int().min(1).max(5),
    feedback: z.string().max(2000).nullable(),
  }),
  device: { insert: ['id', 'user_id', 'lesson_id', 'rating', 'feedback'], update: { rating: 'lww', feedback: 'lww' } },
});
export type RecordingRating = Doc<typeof recordingRatings>;

/** Private notes of one person; nobody else ever reads them. */
export const lessonNotes = defineTable({
  name: 'lesson_notes',
  family: 'learning',
  row: z.object({
    ...standard,
    user_id: id,
    lesson_id: id,
    at_seconds: z.number().min(0).nullable(),
    body: z.string().max(20_000),
    /** The note whose losing text this row keeps after two devices edited it. */
    copy_of: maybeId,
    client_at: maybeInstant.optional(),
  }),
  device: {
    insert: ['id', 'user_id', 'lesson_id', 'at_seconds', 'body', 'copy_of'],
    update: { body: 'lww', at_seconds: 'lww' },
    delete: true,
  },
});
export type LessonNote = Doc<typeof lessonNotes>;

/** Per-module roll-up, derived by the server. */
export const userModuleProgress = defineTable({
  name: 'user_module_progress',
  family: 'learning',
  naturalKey: ['user_id', 'module_id'],
  row: z.object({
    ...standard,
    user_id: id,
    module_id: id,
    is_completed: z.boolean(),
    progress_percentage: count.max(100),
    completed_at: maybeInstant,
  }),
  device: {},
});
export type UserModuleProgress = Doc<typeof userModuleProgress>;

/** The activity types a device may report itself (data model R30). */
export const deviceActivityTypes = [
  'logout',
  'page_visit',
  'video_opened',
  'assignment_viewed',
  'leaderboard_viewed',
  'module_started',
  'lesson_downloaded',
  'certificate_downloaded',
] as const;

/** What a person did; leaves the device once the server has it. */
export const userActivityLogs = defineTable({
  name: 'user_activity_logs',
  family: 'learning',
  row: z.object({
    ...standard,
    user_id: id,
    activity_type: z.string(),
    occurred_at: instant,
    reference_id: maybeId,
    metadata: z.record(z.string(), z.unknown()),
  }),
  device: { insert: ['id', 'user_id', 'activity_type', 'occurred_at', 'reference_id', 'metadata'], pushOnly: true },
});
export type UserActivityLog = Doc<typeof userActivityLogs>;
