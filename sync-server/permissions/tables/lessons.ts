import { permissions, without, type Dependency } from '../view.ts';
import { contentCommands, orderedContentCommands } from './content-commands.ts';

/** Rows hung on a lesson change readers when the lesson moves, is withdrawn, or its module moves to another course. */
const withLesson = (select: string): Dependency[] => [
  { on: 'available_lessons', columns: ['module_id', 'is_published', 'is_deleted'], rows: `${select} = any($moved)` },
  {
    on: 'modules',
    columns: ['course_id', 'is_deleted'],
    rows: `${select} in (select id from available_lessons where module_id = any($moved))`,
  },
];

const lessonColumns = [
  'module_id',
  'recording_title',
  'description',
  'notes',
  'sequence_order',
  'duration_min',
  'drip_days',
  'has_media',
  'is_published',
] as const;
/** A locked lesson shows its title, place and length. */
const locked = without(lessonColumns, 'description', 'notes', 'drip_days');

export const available_lessons = permissions('available_lessons', {
  commands: orderedContentCommands('words'),
  read: [
    { scope: 'cs', key: 'sync_course_of_module(t.module_id)', when: 't.is_published', columns: locked },
    { scope: 'ls', key: 't.id', when: 't.is_published', rank: 5, columns: [...locked, 'description'] },
    { scope: 'cm', key: 'sync_course_of_module(t.module_id)', rank: 5, columns: lessonColumns },
    { scope: 'staff', rank: 5, columns: lessonColumns },
  ],
  dependsOn: [
    {
      on: 'modules',
      columns: ['course_id', 'is_deleted'],
      rows: 'select id from available_lessons where module_id = any($moved)',
    },
  ],
});

const attachmentColumns = ['lesson_id', 'file_name', 'file_id', 'file_url', 'resource_id', 'uploaded_at'] as const;

export const recording_attachments = permissions('recording_attachments', {
  commands: contentCommands('rows'),
  read: [
    { scope: 'lo', key: 't.lesson_id', when: 'sync_lesson_is_published(t.lesson_id)', columns: attachmentColumns },
    { scope: 'cm', key: 'sync_course_of_lesson(t.lesson_id)', columns: attachmentColumns },
    { scope: 'staff', columns: attachmentColumns },
  ],
  dependsOn: withLesson('select id from recording_attachments where lesson_id'),
});

const mediaColumns = [
  'provider',
  'mime',
  'sha256',
  'chunk_sha256',
  'bytes',
  'duration_seconds',
  'captions',
  'allow_offline',
] as const;

export const lesson_media = permissions('lesson_media', {
  read: [
    { scope: 'ls', key: 't.id', when: 'sync_lesson_is_published(t.id)', columns: mediaColumns },
    { scope: 'cm', key: 'sync_course_of_lesson(t.id)', columns: mediaColumns },
    { scope: 'staff', columns: mediaColumns },
  ],
  dependsOn: withLesson('select id from lesson_media where id'),
});

const taskColumns = [
  'lesson_id',
  'course_id',
  'mentor_id',
  'name',
  'description',
  'instructions',
  'submission_type',
  'due_days',
  'is_required',
  'is_active',
  'max_files',
  'max_file_mb',
] as const;
const lockedTask = without(taskColumns, 'description', 'instructions');
const shown = '(t.lesson_id is null or sync_lesson_is_published(t.lesson_id))';

export const assignments = permissions('assignments', {
  commands: contentCommands('rows'),
  read: [
    {
      scope: 'cs',
      key: 'sync_course_of_task(t.lesson_id, t.course_id)',
      when: 't.lesson_id is not null and sync_lesson_is_published(t.lesson_id)',
      columns: lockedTask,
    },
    // Work of a course that hangs on no lesson is never locked.
    { scope: 'cs', key: 't.course_id', when: 't.lesson_id is null', rank: 5, columns: taskColumns },
    { scope: 'ls', key: 't.lesson_id', when: shown, rank: 5, columns: taskColumns },
    { scope: 'cm', key: 'sync_course_of_task(t.lesson_id, t.course_id)', rank: 5, columns: taskColumns },
    { scope: 'staff', rank: 5, columns: taskColumns },
  ],
  dependsOn: withLesson('select id from assignments where lesson_id'),
});
