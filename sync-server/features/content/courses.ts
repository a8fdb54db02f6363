import { AppError } from '../../http/errors.ts';
import type { ContentKind } from './content-kind.ts';
import { mustBeCover } from './files.ts';

/** Ids as rows of a table of links. */
export const idsOf = (value: unknown, column: string): Record<string, unknown>[] =>
  (value as string[]).map((id) => ({ [column]: id }));
/** The texts among some values: what is null or left out names nothing. */
export const texts = (...values: unknown[]): string[] =>
  values.filter((value): value is string => typeof value === 'string');

export const courses: ContentKind = {
  table: 'courses',
  required: ['title'],
  references: { track_id: 'course_tracks' },
  author: 'created_by',
  check: async (context, row) => {
    await mustBeCover(context, row['thumbnail_file_id']);
    if (row['is_default'] === true)
      await context.tx.query('select server_clear_default_course($1, $2)', [context.deps.serverKey, row['id']]);
  },
  decides: ['drip_enabled'],
  concerned: ({ after }) => ({ courses: texts(after?.id) }),
};

export const course_bundles: ContentKind = {
  table: 'course_bundles',
  required: ['name', 'price'],
  author: 'created_by',
  links: [
    { field: 'course_ids', table: 'bundle_courses', parent: 'bundle_id', rows: (value) => idsOf(value, 'course_id') },
  ],
  check: async (context, row) => mustBeCover(context, row['thumbnail_file_id']),
};

export const learning_pathways: ContentKind = {
  table: 'learning_pathways',
  required: ['name'],
  author: 'created_by',
  check: async (context, row) => mustBeCover(context, row['thumbnail_file_id']),
  decides: ['drip_enabled'],
  concerned: ({ after }) => ({ pathways: texts(after?.id) }),
};

export const pathway_courses: ContentKind = {
  table: 'pathway_courses',
  required: ['pathway_id', 'course_id', 'step_number'],
  references: { pathway_id: 'learning_pathways', course_id: 'courses' },
  check: async (_, row, before) => {
    if (before && (row['pathway_id'] !== before['pathway_id'] || row['course_id'] !== before['course_id']))
      throw new AppError('INVALID_INPUT', { message: 'A step stays with its pathway and its course.' });
    return { is_choice_point: (row['choice_group'] ?? null) !== null };
  },
  decides: ['step_number', 'choice_group', 'is_mandatory', 'is_deleted'],
  concerned: ({ before, after }) => ({ pathways: texts(before?.['pathway_id'], after?.['pathway_id']) }),
};

export const course_tracks: ContentKind = { table: 'course_tracks', required: ['name'] };

export const modules: ContentKind = {
  table: 'modules',
  required: ['course_id', 'title'],
  mentor: { fields: ['title', 'description'], creates: false },
  courseOf: async (_, row) => row['course_id'] as string,
  references: { course_id: 'courses' },
  check: async (_, row, before) => {
    // Its lessons would change course under students who are in the middle of them.
    if (before && row['course_id'] !== before['course_id'])
      throw new AppError('INVALID_INPUT', { message: 'A module stays in its course.' });
  },
  decides: ['sequence_order', 'is_deleted'],
};
