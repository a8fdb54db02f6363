import { randomUUID } from 'node:crypto';
import type { Role } from '#contract/roles.ts';
import type { At, CommandCase, InsertCase, TableCases } from './format.ts';
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

/** A student at risk who has a mentor. */
async function atRisk({ me, stage }: At): Promise<string> {
  const { id } = stage.person('student');
  const mentor = stage.person('mentor').id;
  await stage.rows(
    `insert into student_mentor_assignments (student_id, mentor_id, is_primary) values ($1, $2, false)
     on conflict (student_id, mentor_id) do update set ended_at = null, is_deleted = false`,
    [id, mentor],
  );
  await stage.rows(
    "update at_risk_flags set closed_at = now(), closed_as = 'resolved_by_team' where student_id = $1 and closed_at is null",
    [id],
  );
  await stage.insert('at_risk_flags', {
    student_id: id,
    // Other words each time: the same notice twice within a minute is one.
    reasons: [{ code: me.role === 'admin' ? 'no_login' : 'stuck_recording', since: '2026-01-01T00:00:00.000Z' }],
  });
  return id;
}

/** What staff do about students who may be lost (workflows 3.24, 3.26). */
export const careCommands: readonly CommandCase[] = [
  {
    name: 'update-at-risk-rules',
    input: ({ me }) => ({
      no_login_days: me.role === 'admin' ? 5 : 6,
      stuck_recording_days: 7,
      stuck_assignment_days: 7,
      missed_sessions_count: 2,
    }),
  },
  { name: 'notify-at-risk-mentor', input: async (at) => ({ student_id: await atRisk(at) }) },
  {
    name: 'daily-recovery-check',
    // The first run of a day makes its line.
    input: async ({ stage }) => {
      await stage.rows('delete from student_recovery_checks');
      return { student_ids: [stage.person('student').id] };
    },
  },
  {
    name: 'update-recovery-status',
    input: async ({ stage }) => {
      const student_id = stage.person('student').id;
      await stage.rows("update student_recovery_messages set message_status = 'cancelled' where student_id = $1", [
        student_id,
      ]);
      const [last] = await stage.rows<{ next: number }>(
        'select coalesce(max(recovery_cycle), 0) + 1 as next from student_recovery_messages where student_id = $1',
        [student_id],
      );
      const row = { student_id, recovery_cycle: last!.next, days_inactive: 3 };
      return { recovery_id: await stage.insert('student_recovery_messages', row), status: 'sent' };
    },
  },
];
