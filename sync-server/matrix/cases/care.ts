import { randomUUID } from 'node:crypto';
import type { Role } from '#contract/roles.ts';
import type { InsertCase, TableCases } from './format.ts';
import { stranger, studentOf } from './rows.ts';

const note = (roles: readonly Role[], refused: InsertCase['refused'] = {}): InsertCase => ({
  roles,
  columns: 'id student_id author_id kind body',
  row: async (at) => ({
    id: randomUUID(),
    student_id: await studentOf(at),
    author_id: at.me.id,
    kind: 'note',
    body: 'Asked for more time.',
  }),
  refused: {
    'under another name': (row, { me, stage }) => ({ ...row, author_id: stage.somebodyElse(me).id }),
    ...refused,
  },
});

/** What the team writes down about students (data model 2.11). */
export const care: readonly TableCases[] = [
  {
    table: 'student_notes',
    insert: [
      note(['mentor', 'enrollment_manager'], {
        'about a student of others': async (row, at) => ({ ...row, student_id: await stranger(at) }),
      }),
      note(['admin', 'superadmin']),
    ],
  },
];
