import { AppError } from '../../http/errors.ts';
import type { ContentContext, ContentKind } from './content-kind.ts';
import { texts } from './courses.ts';
import { mustBeAttachment } from './files.ts';
import { tellStaff } from './notices.ts';

async function courseOfModule({ tx }: ContentContext, id: unknown): Promise<string | null> {
  const { rows } = await tx.query<{ course_id: string }>('select course_id from modules where id = $1', [id]);
  return rows[0]?.course_id ?? null;
}

async function courseOfLesson({ tx }: ContentContext, id: unknown): Promise<string | null> {
  const { rows } = await tx.query<{ course_id: string }>(
    'select m.course_id from available_lessons l join modules m on m.id = l.module_id where l.id = $1',
    [id],
  );
  return rows[0]?.course_id ?? null;
}

export const available_lessons: ContentKind = {
  table: 'available_lessons',
  required: ['module_id', 'recording_title', 'sequence_order'],
  mentor: { fields: ['recording_title', 'description', 'notes'], creates: false },
  courseOf: (context, row) => courseOfModule(context, row['module_id']),
  references: { module_id: 'modules' },
  author: 'uploaded_by',
  check: async (context, row, before) => {
    if (!before || row['module_id'] === before['module_id']) return;
    const [from, to] = [
      await courseOfModule(context, before['module_id']),
      await courseOfModule(context, row['module_id']),
    ];
    if (from !== to) throw new AppError('INVALID_INPUT', { message: 'A lesson stays in its course.' });
  },
  archive: { is_published: false },
  decides: ['module_id', 'sequence_order', 'drip_days', 'is_published', 'is_deleted'],
  after: (context, change) => tellStaff(context, change, { kind: 'lesson', title: 'recording_title' }),
};

export const assignments: ContentKind = {
  table: 'assignments',
  required: ['name'],
  mentor: {
    fields: [
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
    ],
    creates: true,
  },
  courseOf: async (context, row) =>
    row['lesson_id'] ? courseOfLesson(context, row['lesson_id']) : ((row['course_id'] ?? null) as string | null),
  references: { lesson_id: 'available_lessons', course_id: 'courses', mentor_id: 'mentors' },
  check: async (context, row) => {
    if (!row['lesson_id']) {
      if (!row['course_id']) throw new AppError('INVALID_INPUT', { message: 'It needs a lesson or a course.' });
      return undefined;
    }
    // The course of the lesson is the one that counts, so the row says the same.
    return { course_id: await courseOfLesson(context, row['lesson_id']) };
  },
  archive: { is_active: false },
  decides: ['lesson_id', 'is_required', 'is_active', 'is_deleted'],
  after: (context, change) => tellStaff(context, change, { kind: 'assignment', title: 'name' }),
};

export const recording_attachments: ContentKind = {
  table: 'recording_attachments',
  required: ['lesson_id', 'file_name'],
  mentor: { fields: ['lesson_id', 'file_name', 'file_id', 'file_url', 'resource_id'], creates: true },
  courseOf: (context, row) => courseOfLesson(context, row['lesson_id']),
  references: { lesson_id: 'available_lessons', resource_id: 'resources' },
  check: async (context, row, before) => {
    const given = texts(row['file_id'], row['file_url'], row['resource_id']);
    if (given.length !== 1)
      throw new AppError('INVALID_INPUT', { message: 'Exactly one of file, address and resource.' });
    if (row['file_id'] !== before?.['file_id']) await mustBeAttachment(context, row['file_id']);
  },
};

export const lesson_drip_overrides: ContentKind = {
  table: 'lesson_drip_overrides',
  required: ['lesson_id', 'course_id', 'drip_days'],
  references: { lesson_id: 'available_lessons', course_id: 'courses', pathway_id: 'learning_pathways' },
  check: async (context, row) => {
    if ((await courseOfLesson(context, row['lesson_id'])) !== row['course_id'])
      throw new AppError('INVALID_INPUT', { message: 'The lesson belongs to another course.' });
  },
  decides: ['lesson_id', 'course_id', 'pathway_id', 'drip_days', 'is_deleted'],
  concerned: ({ before, after }) => ({ courses: texts(before?.['course_id'], after?.['course_id']) }),
};
