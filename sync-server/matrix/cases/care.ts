import { randomUUID } from 'node:crypto';
import type { Role } from '#contract/roles.ts';
import type { At, InsertCase, TableCases } from './format.ts';

/** A student in the writer's scope, who is put there. */
async function studentOf({ me, stage }: At): Promise<string> {
  const { id } = stage.person('student');
  if (me.role === 'mentor')
    await stage.rows(
      `insert into student_mentor_assignments (student_id, mentor_id, is_primary) values ($1, $2, false)
       on conflict (student_id, mentor_id) do update set ended_at = null, is_deleted = false`,
      [id, me.id],
    );
  if (me.role === 'enrollment_manager') await stage.rows('update users set created_by = $2 where id = $1', [id, me.id]);
  return id;
}

/** A student nobody of these roles has in scope. */
async function stranger({ me, stage }: At): Promise<string> {
  const { id } = stage.of('student').at(-1)!;
  await stage.rows('update student_mentor_assignments set ended_at = now() where student_id = $1 and mentor_id = $2', [
    id,
    me.id,
  ]);
  await stage.rows('update mentor_course_assignments set is_deleted = true where mentor_id = $1', [me.id]);
  await stage.rows('update users set created_by = null where id = $1', [id]);
  await stage.rows('update company_settings set em_sees_all_students = false');
  return id;
}

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
