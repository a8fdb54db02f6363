import { z } from 'zod';
import { findDrift, type Drift, type DriftEnrolment, type DriftInvoice } from '#contract/rules/drift.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { eachRow } from '../../jobs/each-row.ts';

type Student = { id: string; fees_cleared: boolean; enrolments: DriftEnrolment[]; invoices: DriftInvoice[] };

/** 03:00: compares enrolments with invoices (workflows 3.15). Changes no money; one open finding per student, which follows the facts. */
export const detectBillingDrift = defineJob({
  name: 'billing.detect-drift',
  payload: z.unknown(),
  schedule: '0 3 * * *',
  canRunDry: true,
  run: async (_, deps, how) => {
    const { rows } = await deps.server.query<{ id: string }>(
      'select id from students where not is_deleted order by id',
    );
    return eachRow(deps, rows, (tx, { id }) => compare(tx, deps, id), how);
  },
});

/** Brings the open finding of one student in line with the facts. Answers whether it changed. */
async function compare(tx: Tx, { clock }: Deps, id: string): Promise<boolean> {
  const drift = await readDrift(tx, id);
  if (drift === null) {
    const { rowCount } = await tx.query(
      `update billing_drift_findings set status = 'cleared', resolved_at = $2 where student_id = $1 and status = 'open'`,
      [id, clock.now()],
    );
    return rowCount === 1;
  }
  const { expected_total, actual_total, ...details } = drift;
  const { rowCount } = await tx.query(
    `insert into billing_drift_findings as f (student_id, expected_total, actual_total, difference, currency, details, detected_at)
     values ($1, $2, $3, $4, (select currency from billing_settings), $5, $6)
     on conflict (student_id) where status = 'open' and not is_deleted do update
       set expected_total = excluded.expected_total, actual_total = excluded.actual_total, difference = excluded.difference, details = excluded.details
       where (f.expected_total, f.actual_total, f.details) is distinct from (excluded.expected_total, excluded.actual_total, excluded.details)`,
    [id, expected_total, actual_total, actual_total - expected_total, JSON.stringify(details), clock.now()],
  );
  return rowCount === 1;
}

/** What does not agree for one student today; null where all does. */
export async function readDrift(tx: Tx, id: string): Promise<Drift | null> {
  const { rows } = await tx.query<Student>(
    `select s.id, s.fees_cleared,
       coalesce((select jsonb_agg(jsonb_build_object(
           'id', e.id, 'kind', case when e.pathway_id is null then 'direct' else 'pathway' end,
           'isGoing', e.status in ('active', 'completed', 'paused'), 'isWaived', e.payment_status = 'waived',
           'total_amount', e.total_amount, 'snapshot_price', e.snapshot_price,
           'catalogue_price', coalesce((select p.price from learning_pathways p where p.id = e.pathway_id), (select c.price from courses c where c.id = e.course_id)),
           'courses', case when e.pathway_id is null then jsonb_build_array(e.course_id) else (
             select coalesce(jsonb_agg(pc.course_id), '[]') from pathway_courses pc where pc.pathway_id = e.pathway_id and not pc.is_deleted) end
         ) order by e.enrolled_at, e.id)
         from course_enrollments e where e.student_id = s.id and not e.is_deleted), '[]') as enrolments,
       coalesce((select jsonb_agg(jsonb_build_object(
           'id', i.id, 'enrollment_id', i.enrollment_id, 'isOpen', i.status in ('scheduled', 'pending', 'due'), 'owed', i.amount + i.penalty_amount) order by i.id)
         from invoices i where i.student_id = s.id and i.status <> 'cancelled' and not i.is_deleted), '[]') as invoices
     from students s where s.id = $1`,
    [id],
  );
  const student = rows[0];
  return student ? findDrift(student.enrolments, student.invoices, student.fees_cleared) : null;
}
