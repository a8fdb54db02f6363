import { roles } from '#contract/roles.ts';
import { permissions } from '../view.ts';

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

export const recording_views = permissions('recording_views', {
  read: [
    { scope: 'u', key: 't.user_id', rank: 9, columns: viewColumns },
    { scope: 'sm', key: 't.user_id', columns: viewColumns },
  ],
  write: [
    // A student reports where and what was played; whether that counts as watched is the server's judgement.
    {
      verb: 'insert',
      roles: ['student'],
      columns: [
        'id',
        'user_id',
        'lesson_id',
        'position_seconds',
        'watched_ranges',
        'duration_seconds',
        'last_watched_at',
      ],
      result: 't.user_id = auth.uid()',
    },
    {
      verb: 'update',
      roles: ['student'],
      columns: ['position_seconds', 'watched_ranges', 'duration_seconds', 'last_watched_at'],
      rows: 't.user_id = auth.uid() and not t.is_deleted',
      result: 't.user_id = auth.uid()',
    },
  ],
});

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

export const user_unlocks = permissions('user_unlocks', {
  commands: [
    { name: 'unlock-lesson', verb: 'insert', roles: ['admin', 'superadmin'] },
    { name: 'unlock-lesson', verb: 'update', roles: ['admin', 'superadmin'] },
    { name: 'remove-manual-unlock', verb: 'update', roles: ['admin', 'superadmin'] },
  ],
  read: [
    { scope: 'u', key: 't.user_id', rank: 9, columns: unlockColumns },
    { scope: 'sm', key: 't.user_id', columns: unlockColumns },
  ],
});

const ratingColumns = ['user_id', 'lesson_id', 'rating', 'feedback'] as const;

export const recording_ratings = permissions('recording_ratings', {
  read: [
    { scope: 'u', key: 't.user_id', rank: 9, columns: ratingColumns },
    { scope: 'cm', key: 'sync_course_of_lesson(t.lesson_id)', columns: ratingColumns },
  ],
  dependsOn: [
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
  write: [
    {
      verb: 'insert',
      roles: ['student'],
      columns: ['id', 'user_id', 'lesson_id', 'rating', 'feedback'],
      result: 't.user_id = auth.uid()',
    },
    {
      verb: 'update',
      roles: ['student'],
      columns: ['rating', 'feedback'],
      rows: 't.user_id = auth.uid() and not t.is_deleted',
      result: 't.user_id = auth.uid()',
    },
  ],
});

/** Private: nobody else ever reads a note, staff included. */
export const lesson_notes = permissions('lesson_notes', {
  read: [
    { scope: 'u', key: 't.user_id', columns: ['user_id', 'lesson_id', 'at_seconds', 'body', 'copy_of', 'client_at'] },
  ],
  write: [
    // Enrolment managers have no lessons.
    {
      verb: 'insert',
      roles: ['student', 'mentor', 'admin', 'superadmin'],
      columns: ['id', 'user_id', 'lesson_id', 'at_seconds', 'body', 'copy_of'],
      result: 't.user_id = auth.uid()',
    },
    {
      verb: 'update',
      roles: ['student', 'mentor', 'admin', 'superadmin'],
      columns: ['at_seconds', 'body', 'is_deleted'],
      rows: 't.user_id = auth.uid()',
      result: 't.user_id = auth.uid()',
    },
  ],
});

const progressColumns = ['user_id', 'module_id', 'is_completed', 'progress_percentage', 'completed_at'] as const;

export const user_module_progress = permissions('user_module_progress', {
  read: [
    { scope: 'u', key: 't.user_id', rank: 9, columns: progressColumns },
    { scope: 'sm', key: 't.user_id', columns: progressColumns },
  ],
});

/** Leaves the device once the server has it, and never comes back. */
export const user_activity_logs = permissions('user_activity_logs', {
  read: [],
  write: [
    // Of the kinds a device may tell; the rest is written by the server.
    {
      verb: 'insert',
      roles,
      columns: ['id', 'user_id', 'activity_type', 'occurred_at', 'reference_id', 'metadata'],
      result: `t.user_id = auth.uid()
    and t.activity_type in ('logout', 'page_visit', 'video_opened', 'assignment_viewed', 'leaderboard_viewed',
                            'module_started', 'lesson_downloaded', 'certificate_downloaded')`,
    },
  ],
});
