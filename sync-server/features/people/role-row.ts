import type { Role } from '#contract/roles.ts';
import type { Tx } from '../../db/sql.ts';

/** What a role needs beside the account: a student's number, a mentor's directory entry. Kept when it is there. */
export async function addRoleRow(tx: Tx, id: string, role: Role): Promise<void> {
  if (role === 'student')
    await tx.query(
      `insert into students (id, student_number)
       select $1, 'STU' || lpad(app_next_number('student')::text, 6, '0')
       where not exists (select from students where id = $1)`,
      [id],
    );
  if (role === 'mentor')
    await tx.query(
      `insert into mentors (id, display_name) select id, full_name from users where id = $1
       on conflict (id) do update set is_deleted = false`,
      [id],
    );
}

/**
 * Whether this is the only superadmin who can sign in. One at a time, so that two callers cannot remove the last two: the lock is
 * held until the transaction ends.
 */
export async function isLastSuperadmin(tx: Tx, id: string): Promise<boolean> {
  await tx.query("select pg_advisory_xact_lock(hashtext('last superadmin'))");
  const { rows } = await tx.query<{ id: string }>(
    `select id from users where role = 'superadmin' and status = 'active' and not login_blocked and not is_deleted`,
  );
  return rows.length === 1 && rows[0]!.id === id;
}
