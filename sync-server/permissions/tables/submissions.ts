import { roles } from '#contract/roles.ts';
import { permissions, without, type Dependency } from '../view.ts';
import { deskFileDependencies, deskFileViews } from './desk-files.ts';
import { documentFileDependencies, documentFileViews } from './document-files.ts';
import { moneyFileViews } from './money-files.ts';

/** A piece of work belongs to the course of its assignment, which may move. */
const withTask = (assignmentIds: string, rows: (assignments: string) => string): Dependency[] => [
  { on: 'assignments', columns: ['lesson_id', 'course_id'], rows: rows(assignmentIds) },
  {
    on: 'available_lessons',
    columns: ['module_id', 'is_deleted'],
    rows: rows('select id from assignments where lesson_id = any($moved)'),
  },
  {
    on: 'modules',
    columns: ['course_id', 'is_deleted'],
    rows: rows(
      `select a.id from assignments a join available_lessons l on l.id = a.lesson_id where l.module_id = any($moved)`,
    ),
  },
];

const workColumns = [
  'assignment_id',
  'student_id',
  'version',
  'status',
  'content',
  'links',
  'file_ids',
  'client_submitted_at',
  'based_on',
  'withdraw_requested_at',
  'submitted_at',
  'reviewed_at',
  'is_late',
  'assigned_to',
  'reviewed_by',
  'notes',
  'score',
  'receipt',
] as const;

export const submissions = permissions('submissions', {
  read: [
    { scope: 'u', key: 't.student_id', rank: 9, columns: without(workColumns, 'assigned_to'), roles: ['student'] },
    { scope: 'am', key: 't.student_id', columns: workColumns },
    { scope: 'cm', key: 'sync_course_of_assignment(t.assignment_id)', columns: workColumns },
    { scope: 'u', key: 't.assigned_to', columns: workColumns, roles: ['mentor'] },
    { scope: 'staff', columns: workColumns },
  ],
  dependsOn: withTask('select unnest($moved)', (ids) => `select id from submissions where assignment_id in (${ids})`),
  write: [
    // Attempt number, status, times and verdict are the server's.
    {
      verb: 'insert',
      roles: ['student'],
      columns: ['id', 'assignment_id', 'student_id', 'content', 'links', 'file_ids', 'client_submitted_at', 'based_on'],
      result: "t.student_id = auth.uid() and t.status = 'pending' and t.reviewed_by is null",
    },
    {
      verb: 'update',
      roles: ['student'],
      columns: ['withdraw_requested_at'],
      rows: "t.student_id = auth.uid() and t.status = 'pending' and not t.is_deleted",
      result: 't.student_id = auth.uid()',
    },
  ],
});

const reviewColumns = [
  'submission_id',
  'submission_version',
  'reviewer_id',
  'reviewer_name',
  'decision',
  'notes',
  'score',
  'reviewed_at_client',
  'outcome',
] as const;

export const submission_reviews = permissions('submission_reviews', {
  read: [
    { scope: 'u', key: 't.reviewer_id', columns: reviewColumns },
    {
      scope: 'u',
      key: 'sync_student_of_submission(t.submission_id)',
      when: "t.outcome = 'applied'",
      columns: reviewColumns,
      roles: ['student'],
    },
  ],
  write: [
    // On work in their scope, under their own name; what became of a verdict the server says.
    {
      verb: 'insert',
      roles: ['mentor', 'admin', 'superadmin'],
      columns: [
        'id',
        'submission_id',
        'submission_version',
        'reviewer_id',
        'decision',
        'notes',
        'score',
        'reviewed_at_client',
      ],
      result: 't.reviewer_id = auth.uid() and app_may_review(t.submission_id)',
    },
  ],
});

const fileColumns = [
  'bucket',
  'owner_id',
  'path',
  'original_name',
  'mime',
  'bytes',
  'sha256',
  'status',
  'linked_table',
  'linked_id',
] as const;
const work = 'sync_submission_of_file(t.linked_table, t.linked_id, t.owner_id)';
const lesson = 'sync_lesson_of_file(t.id, t.linked_table, t.linked_id)';
/** A file is read by those who read the row it belongs to; what plays for a lesson is handed out one by one, never listed. */
const listed = "t.bucket <> 'lesson-media'";
const portrait = `${listed} and t.linked_table in ('users', 'mentors')`;

export const files = permissions('files', {
  read: [
    { scope: 'u', key: 't.owner_id', when: listed, rank: 9, columns: fileColumns },
    { scope: 'all', when: "t.bucket = 'company-logos'", columns: fileColumns },
    { scope: 'am', key: `sync_student_of_submission(${work})`, when: listed, columns: fileColumns },
    { scope: 'cm', key: `sync_course_of_submission(${work})`, when: listed, columns: fileColumns },
    { scope: 'u', key: `sync_reviewer_of_submission(${work})`, when: listed, columns: fileColumns, roles: ['mentor'] },
    { scope: 'staff', when: `${listed} and ${work} is not null`, columns: fileColumns },
    { scope: 'lo', key: lesson, when: `${listed} and sync_lesson_is_published(${lesson})`, columns: fileColumns },
    { scope: 'cm', key: `sync_course_of_lesson(${lesson})`, when: listed, columns: fileColumns },
    { scope: 'staff', when: `${listed} and ${lesson} is not null`, columns: fileColumns },
    { scope: 'sm', key: 't.linked_id', when: portrait, columns: fileColumns },
    { scope: 'es', key: 't.linked_id', when: portrait, columns: fileColumns },
    { scope: 'md', key: 't.linked_id', when: portrait, columns: fileColumns },
    { scope: 'mentors', when: `${portrait} and sync_is_mentor(t.linked_id)`, columns: fileColumns },
    { scope: 'staff', when: portrait, columns: fileColumns },
    ...deskFileViews(fileColumns),
    ...moneyFileViews(fileColumns),
    ...documentFileViews(fileColumns),
  ],
  dependsOn: [
    {
      on: 'submissions',
      columns: ['student_id', 'assignment_id', 'assigned_to', 'is_deleted'],
      rows: "select id from files where linked_table = 'submissions' and linked_id = any($moved)",
      onInsert: true,
    },
    {
      on: 'recording_attachments',
      columns: ['lesson_id', 'file_id', 'is_deleted'],
      rows: `select id from files where linked_table = 'recording_attachments' and linked_id = any($moved)
             union select file_id from recording_attachments where id = any($moved) and file_id is not null`,
      onInsert: true,
    },
    ...withTask(
      'select unnest($moved)',
      (ids) =>
        `select f.id from files f join submissions s on s.id = f.linked_id and f.linked_table = 'submissions'
         where s.assignment_id in (${ids})`,
    ),
    {
      on: 'available_lessons',
      columns: ['module_id', 'is_published', 'is_deleted'],
      rows: 'select id from files where sync_lesson_of_file(id, linked_table, linked_id) = any($moved)',
    },
    {
      on: 'modules',
      columns: ['course_id', 'is_deleted'],
      rows: `select id from files where sync_lesson_of_file(id, linked_table, linked_id) in
             (select id from available_lessons where module_id = any($moved))`,
    },
    ...deskFileDependencies,
    ...documentFileDependencies,
  ],
  write: [
    // Announces a file of the own; its bytes come by /storage/v1 and the server says when it is whole.
    {
      verb: 'insert',
      roles,
      columns: [
        'id',
        'bucket',
        'owner_id',
        'path',
        'original_name',
        'mime',
        'bytes',
        'sha256',
        'linked_table',
        'linked_id',
      ],
      result: `t.owner_id = auth.uid() and t.status = 'local'
    and t.bucket in ('student-documents', 'attachments', 'assignment-submissions')
    and app_may_link(t.linked_table, t.linked_id)`,
    },
  ],
});
