import type { AccessCause } from '#contract/rules/access.ts';
import type { Tx } from '../../db/sql.ts';
import { recomputeUnlocks } from '../learning/index.ts';
import type { By, Parts } from './facts.ts';

/** Opens a cause that money is about; null when it is open already. */
export async function openSuspension(
  tx: Tx,
  parts: Parts,
  { student, cause, reference }: { student: string; cause: AccessCause; reference?: string },
  actor: string | null,
): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into suspensions (user_id, cause, ref_id, starts_at, created_by) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning id`,
    [student, cause, reference ?? null, parts.clock.now(), actor],
  );
  return rows[0]?.id ?? null;
}

/** Lifts open causes of one kind, where given only those about `reference`; answers how many. */
export async function liftSuspensions(
  tx: Tx,
  parts: Parts,
  student: string,
  { cause, reference }: { cause: AccessCause; reference?: string },
  actor: string | null,
): Promise<number> {
  const { rowCount } = await tx.query(
    `update suspensions set lifted_at = $4, lifted_by = $5
     where user_id = $1 and cause = $2 and ($3::uuid is null or ref_id = $3) and lifted_at is null`,
    [student, cause, reference ?? null, parts.clock.now(), actor],
  );
  return rowCount ?? 0;
}

/** To be called last in every transaction that changed a student's causes, enrolments or fees: decides the lessons anew. */
export async function settleStudent(tx: Tx, parts: Parts, student: string, _by: By): Promise<void> {
  await recomputeUnlocks(tx, parts, student, {});
}
