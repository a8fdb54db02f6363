import type { Actor } from '#contract/roles.ts';
import type { Tx } from '../../db/sql.ts';

/** Whether an enrolment manager looks after the student: the very scope by which they may read the invoices. */
export async function isOwnStudent(tx: Tx, actor: Actor, studentId: string): Promise<boolean> {
  if (actor.role !== 'enrollment_manager') return false;
  const { rowCount } = await tx.query(
    `select from sync_members where user_id = $1 and scope = 'es:' || $2 and lost is null`,
    [actor.id, studentId],
  );
  return rowCount === 1;
}
