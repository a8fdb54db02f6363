import { randomUUID } from 'node:crypto';
import type { InsertCase, TableCases } from './format.ts';
import { stranger, studentOf, taskOf, workOf } from './rows.ts';

const everybody = ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'] as const;
const now = () => new Date().toISOString();

const review: Pick<InsertCase, 'columns' | 'row'> = {
  columns: 'id submission_id submission_version reviewer_id decision notes score reviewed_at_client',
  row: async ({ me, stage }) => {
    await studentOf({ me, stage });
    return {
      id: randomUUID(),
      submission_id: await workOf(stage, stage.person('student')),
      submission_version: 1,
      reviewer_id: me.id,
      decision: 'declined',
      notes: 'Say who buys it.',
      reviewed_at_client: now(),
    };
  },
};
const underAnotherName: InsertCase['refused'] = {
  'under another name': (row, { me, stage }) => ({ ...row, reviewer_id: stage.somebodyElse(me, 'mentor').id }),
};

/** Work handed in, what reviewers say about it, and files (data model 2.2). */
export const submissions: readonly TableCases[] = [
  {
    table: 'submissions',
    insert: [
      {
        roles: ['student'],
        columns: 'id assignment_id student_id content links file_ids client_submitted_at based_on',
        row: async ({ me, stage }) => ({
          id: randomUUID(),
          assignment_id: await taskOf(stage, me),
          student_id: me.id,
          content: 'My plan',
          client_submitted_at: now(),
        }),
        refused: { 'of somebody else': (row, { me, stage }) => ({ ...row, student_id: stage.somebodyElse(me).id }) },
        refusedByGuard: {
          'in a course of others': async (row, { me, stage }) => ({
            ...row,
            assignment_id: await taskOf(stage, stage.somebodyElse(me)),
          }),
        },
      },
    ],
    update: [
      {
        roles: ['student'],
        columns: 'withdraw_requested_at',
        rows: "t.student_id = $1 and t.status = 'pending'",
        set: () => ({ withdraw_requested_at: now() }),
        pushed: ({ me, stage }) => workOf(stage, me),
      },
    ],
  },
  {
    table: 'submission_reviews',
    insert: [
      {
        roles: ['mentor'],
        ...review,
        refused: {
          ...underAnotherName,
          'of work out of scope': async (row, at) => {
            await stranger(at);
            return { ...row, submission_id: await workOf(at.stage, at.stage.of('student').at(-1)!) };
          },
        },
      },
      { roles: ['admin', 'superadmin'], ...review, refused: underAnotherName },
    ],
  },
  {
    table: 'files',
    insert: [
      {
        roles: everybody,
        columns: 'id bucket owner_id path original_name mime bytes sha256 linked_table linked_id',
        row: ({ me }) => {
          const id = randomUUID();
          return {
            id,
            bucket: 'attachments',
            owner_id: me.id,
            path: `avatars/${me.id}/${id}.png`,
            original_name: 'me.png',
            mime: 'image/png',
            bytes: 100,
            sha256: 'a'.repeat(64),
            linked_table: 'users',
            linked_id: me.id,
          };
        },
        refused: {
          'of somebody else': (row, { me, stage }) => ({ ...row, owner_id: stage.somebodyElse(me).id }),
          'as the picture of somebody else': (row, { me, stage }) => ({ ...row, linked_id: stage.somebodyElse(me).id }),
          'among the recordings': (row) => ({ ...row, bucket: 'lesson-media' }),
        },
        refusedByGuard: {
          'in a place of others': (row, { me, stage }) => ({
            ...row,
            path: `avatars/${stage.somebodyElse(me).id}/${row.id}.png`,
          }),
        },
      },
    ],
  },
];
