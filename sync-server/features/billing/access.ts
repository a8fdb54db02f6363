import type { Tx } from '../../db/sql.ts';
import { settleAccess } from '../access/index.ts';
import type { By, Parts } from './facts.ts';

export { liftSuspensions, openSuspension } from '../access/index.ts';

/** To be called last in every transaction that changed a student's causes, enrolments or fees: status first, then the lessons. */
export async function settleStudent(tx: Tx, parts: Parts, student: string, by: By): Promise<void> {
  await settleAccess(tx, parts, student, by);
}
