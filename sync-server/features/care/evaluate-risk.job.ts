import { z } from 'zod';
import { findRisks, isCritical, isInGrace } from '#contract/rules/at-risk.ts';
import type { AtRiskRules } from '#contract/tables/care.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { eachRow } from '../../jobs/each-row.ts';
import { readWatchedStudents, type WatchedStudent } from './risk-facts.ts';

/** At night: who is at risk, with the reasons as they stand; a flag without reasons left closes by itself (data model R28). */
export const evaluateRisk = defineJob({
  name: 'care.evaluate-at-risk',
  payload: z.unknown(),
  schedule: '30 1 * * *',
  canRunDry: true,
  run: async (_, deps, how) => {
    const { rows } = await deps.server.query<AtRiskRules>('select * from at_risk_rules');
    const students = await readWatchedStudents(deps.server, deps.clock.now());
    return eachRow(deps, students, (tx, student) => evaluate(tx, deps, student, rows[0]!), how);
  },
});

async function evaluate(tx: Tx, { clock }: Deps, student: WatchedStudent, rules: AtRiskRules): Promise<boolean> {
  const now = clock.now().toISOString();
  const reasons = findRisks(student, rules, now);
  const critical = isCritical(reasons, now);
  const { flag } = student;
  if (flag === null) {
    if (reasons.length === 0 || isInGrace(student.settled_at, now)) return false;
    const { rowCount } = await tx.query(
      `insert into at_risk_flags (student_id, opened_at, reasons, is_critical) values ($1, $2, $3, $4)
       on conflict (student_id) where closed_at is null and not is_deleted do nothing`,
      [student.id, now, JSON.stringify(reasons), critical],
    );
    return rowCount === 1;
  }
  if (reasons.length === 0) {
    const { rowCount } = await tx.query(
      `update at_risk_flags set closed_at = $2, closed_as = 'resolved_by_student' where id = $1 and closed_at is null`,
      [flag.id, now],
    );
    return rowCount === 1;
  }
  if (JSON.stringify(flag.reasons) === JSON.stringify(reasons) && flag.is_critical === critical) return false;
  const { rowCount } = await tx.query(
    'update at_risk_flags set reasons = $2, is_critical = $3 where id = $1 and closed_at is null',
    [flag.id, JSON.stringify(reasons), critical],
  );
  return rowCount === 1;
}
