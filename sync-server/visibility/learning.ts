import { visible } from './view.ts';

const viewColumns = [
  'user_id',
  'lesson_id',
  'watched',
  'watched_at',
  'position_seconds',
  'watched_ranges',
  'watched_seconds',
  'duration_seconds',
  'last_watched_at',
] as const;

export const recording_views = visible('recording_views', [
  { scope: 'u', key: 't.user_id', rank: 9, columns: viewColumns },
  { scope: 'sm', key: 't.user_id', columns: viewColumns },
]);

const unlockColumns = [
  'user_id',
  'lesson_id',
  'is_unlocked',
  'unlocked_at',
  'source',
  'reason',
  'available_at',
  'blocking_lesson_id',
  'offline_openable',
] as const;

export const user_unlocks = visible('user_unlocks', [
  { scope: 'u', key: 't.user_id', rank: 9, columns: unlockColumns },
  { scope: 'sm', key: 't.user_id', columns: unlockColumns },
]);

const ratingColumns = ['user_id', 'lesson_id', 'rating', 'feedback'] as const;

export const recording_ratings = visible(
  'recording_ratings',
  [
    { scope: 'u', key: 't.user_id', rank: 9, columns: ratingColumns },
    { scope: 'cm', key: 'sync_course_of_lesson(t.lesson_id)', columns: ratingColumns },
  ],
  [
    {
      on: 'available_lessons',
      columns: ['module_id', 'is_deleted'],
      rows: 'select id from recording_ratings where lesson_id = any($moved)',
    },
    {
      on: 'modules',
      columns: ['course_id', 'is_deleted'],
      rows: `select id from recording_ratings where lesson_id in
             (select id from available_lessons where module_id = any($moved))`,
    },
  ],
);

/** Private: nobody else ever reads a note, staff included. */
export const lesson_notes = visible('lesson_notes', [
  { scope: 'u', key: 't.user_id', columns: ['user_id', 'lesson_id', 'at_seconds', 'body', 'copy_of', 'client_at'] },
]);

const progressColumns = ['user_id', 'module_id', 'is_completed', 'progress_percentage', 'completed_at'] as const;

export const user_module_progress = visible('user_module_progress', [
  { scope: 'u', key: 't.user_id', rank: 9, columns: progressColumns },
  { scope: 'sm', key: 't.user_id', columns: progressColumns },
]);

/** Leaves the device once the server has it, and never comes back. */
export const user_activity_logs = visible('user_activity_logs', []);
