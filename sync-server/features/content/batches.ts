import { AppError } from '../../http/errors.ts';
import type { ContentContext, ContentKind } from './content-kind.ts';
import { idsOf, texts } from './courses.ts';

function mustBeZone(name: unknown): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name as string });
  } catch (cause) {
    throw new AppError('INVALID_INPUT', { message: 'There is no such time zone.', cause });
  }
}

export const batches: ContentKind = {
  table: 'batches',
  required: ['name', 'start_date'],
  references: { course_id: 'courses', pathway_id: 'learning_pathways' },
  author: 'created_by',
  links: [
    { field: 'course_ids', table: 'batch_courses', parent: 'batch_id', rows: (value) => idsOf(value, 'course_id') },
    { field: 'pathway_ids', table: 'batch_pathways', parent: 'batch_id', rows: (value) => idsOf(value, 'pathway_id') },
  ],
  check: async (_, row) => {
    if (row['timezone'] !== undefined) mustBeZone(row['timezone']);
  },
  decides: ['start_date', 'timezone', 'course_id', 'course_ids', 'pathway_ids'],
  concerned: ({ after }) => ({ batches: texts(after?.id) }),
};

/** The lesson of a recording must be one of those the batch is taught. */
async function mustBeTaught({ tx }: ContentContext, batch: unknown, lesson: unknown): Promise<void> {
  const { rowCount } = await tx.query(
    `select from available_lessons l join modules m on m.id = l.module_id
     where l.id = $2 and (
       m.course_id in (select course_id from batches where id = $1)
       or m.course_id in (select course_id from batch_courses where batch_id = $1)
       or m.course_id in (select s.course_id from pathway_courses s where s.pathway_id in (
            select pathway_id from batches where id = $1 union select pathway_id from batch_pathways where batch_id = $1)))`,
    [batch, lesson],
  );
  if (!rowCount) throw new AppError('INVALID_INPUT', { message: 'The batch is not taught this lesson.' });
}

export const batch_timeline_items: ContentKind = {
  table: 'batch_timeline_items',
  required: ['batch_id', 'type', 'title'],
  references: {
    batch_id: 'batches',
    course_id: 'courses',
    lesson_id: 'available_lessons',
    assignment_id: 'assignments',
    session_id: 'success_sessions',
  },
  author: 'created_by',
  check: async (context, row, before) => {
    if (before && row['batch_id'] !== before['batch_id'])
      throw new AppError('INVALID_INPUT', { message: 'An item stays in its batch.' });
    const [start, end] = texts(row['start_datetime'], row['end_datetime']);
    if (start && end && Date.parse(end) <= Date.parse(start))
      throw new AppError('INVALID_INPUT', { message: 'It ends before it begins.' });
    if (row['type'] === 'RECORDING') {
      if (!row['lesson_id']) throw new AppError('INVALID_INPUT', { message: 'A recording names its lesson.' });
      await mustBeTaught(context, row['batch_id'], row['lesson_id']);
    } else if (!row['session_id'] && !row['start_datetime'])
      throw new AppError('INVALID_INPUT', { message: 'A live session names its session or its time.' });
  },
};
