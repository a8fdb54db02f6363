import { randomUUID } from 'node:crypto';
import { naturalId } from '#contract/natural-id.ts';
import type { TableCases } from './format.ts';
import { closedLessonOf, openLessonOf } from './rows.ts';

const learners = ['student', 'mentor', 'admin', 'superadmin'] as const;
const everybody = ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'] as const;

/** What people leave behind while they learn (data model 2.2, 5.5). */
export const learning: readonly TableCases[] = [
  {
    table: 'recording_views',
    insert: [
      {
        roles: ['student'],
        columns: 'id user_id lesson_id position_seconds watched_ranges duration_seconds last_watched_at',
        row: async ({ me, stage }) => {
          const lesson_id = await openLessonOf(stage, me);
          return { id: naturalId('recording_views', me.id, lesson_id), user_id: me.id, lesson_id, position_seconds: 3 };
        },
        refused: {
          'of somebody else': (row, { me, stage }) => {
            const user_id = stage.somebodyElse(me).id;
            return { ...row, user_id, id: naturalId('recording_views', user_id, row['lesson_id'] as string) };
          },
        },
        refusedByGuard: {
          'a lesson that is not open': async (row, { me, stage }) => {
            const lesson_id = await closedLessonOf(stage, me);
            return { ...row, lesson_id, id: naturalId('recording_views', me.id, lesson_id) };
          },
        },
      },
    ],
    update: [
      {
        roles: ['student'],
        columns: 'position_seconds watched_ranges duration_seconds last_watched_at',
        rows: 't.user_id = $1',
        set: (row) => ({ position_seconds: (row['position_seconds'] as number) + 7 }),
        pushed: async ({ me, stage }) =>
          stage.insert('recording_views', {
            user_id: me.id,
            lesson_id: await openLessonOf(stage, me),
          }),
      },
    ],
  },
  {
    table: 'recording_ratings',
    insert: [
      {
        roles: ['student'],
        columns: 'id user_id lesson_id rating feedback',
        row: async ({ me, stage }) => {
          const lesson_id = await openLessonOf(stage, me);
          await stage.insert('recording_views', {
            user_id: me.id,
            lesson_id,
            watched: true,
            watched_at: new Date().toISOString(),
          });
          return {
            id: naturalId('recording_ratings', me.id, lesson_id),
            user_id: me.id,
            lesson_id,
            rating: 5,
            feedback: null,
          };
        },
        refused: {
          'of somebody else': (row, { me, stage }) => {
            const user_id = stage.somebodyElse(me).id;
            return { ...row, user_id, id: naturalId('recording_ratings', user_id, row['lesson_id'] as string) };
          },
        },
        refusedByGuard: {
          'a lesson that was not watched': async (row, { me, stage }) => {
            const lesson_id = await openLessonOf(stage, me);
            return { ...row, lesson_id, id: naturalId('recording_ratings', me.id, lesson_id) };
          },
        },
      },
    ],
    update: [
      {
        roles: ['student'],
        columns: 'rating feedback',
        rows: 't.user_id = $1',
        set: () => ({ rating: 4 }),
        pushed: async ({ me, stage }) => {
          const lesson_id = await openLessonOf(stage, me);
          await stage.insert('recording_views', {
            user_id: me.id,
            lesson_id,
            watched: true,
            watched_at: new Date().toISOString(),
          });
          return stage.insert('recording_ratings', { user_id: me.id, lesson_id, rating: 5 });
        },
      },
    ],
  },
  {
    table: 'lesson_notes',
    insert: [
      {
        roles: learners,
        columns: 'id user_id lesson_id at_seconds body copy_of',
        row: async ({ me, stage }) => ({
          id: randomUUID(),
          user_id: me.id,
          lesson_id: await openLessonOf(stage, me),
          body: 'Remember this',
        }),
        refused: { 'of somebody else': (row, { me, stage }) => ({ ...row, user_id: stage.somebodyElse(me).id }) },
      },
    ],
    update: [
      {
        roles: learners,
        columns: 'at_seconds body',
        rows: 't.user_id = $1',
        set: () => ({ body: 'Remember that' }),
        given: async ({ me, stage }) =>
          stage.insert('lesson_notes', { user_id: me.id, lesson_id: await openLessonOf(stage, me), body: 'Remember' }),
      },
    ],
    delete: { roles: learners, rows: 't.user_id = $1' },
  },
  {
    table: 'user_activity_logs',
    insert: [
      {
        roles: everybody,
        columns: 'id user_id activity_type occurred_at reference_id metadata',
        row: ({ me }) => ({
          id: randomUUID(),
          user_id: me.id,
          activity_type: 'page_visit',
          occurred_at: new Date().toISOString(),
          metadata: {},
        }),
        refused: {
          'of somebody else': (row, { me, stage }) => ({ ...row, user_id: stage.somebodyElse(me).id }),
          'of a kind that the server writes': (row) => ({ ...row, activity_type: 'login' }),
        },
      },
    ],
  },
];
