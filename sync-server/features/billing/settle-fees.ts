import { areFeesCleared, settleEnrolment, type OwedEnrolment } from '#contract/rules/owing.ts';
import type { Tx } from '../../db/sql.ts';
import type { InvoiceRow } from './invoices.ts';

/**
 * Brings what follows from a student's invoices in line: sums and payment status of the enrolments, and whether all fees are
 * cleared (data model R9, R12). To be called in every transaction that changed an invoice or ended an enrolment.
 */
export async function settleFees(tx: Tx, studentId: string): Promise<void> {
  const enrolments = await readEnrolments(tx, studentId);
  const { rows: invoices } = await tx.query<InvoiceRow>(
    'select * from invoices where student_id = $1 and not is_deleted',
    [studentId],
  );
  const settled = enrolments.map((enrolment) => ({
    ...enrolment,
    ...settleEnrolment(
      enrolment,
      invoices.filter(({ enrollment_id }) => enrollment_id === enrolment.id),
    ),
  }));
  for (const { id, payment_status, total_amount, amount_paid } of settled)
    await tx.query(
      `update course_enrollments set payment_status = $2, total_amount = $3, amount_paid = $4
       where id = $1 and (payment_status, total_amount, amount_paid) is distinct from ($2, $3::bigint, $4::bigint)`,
      [id, payment_status, total_amount, amount_paid],
    );
  await tx.query('update students set fees_cleared = $2 where id = $1 and fees_cleared <> $2', [
    studentId,
    areFeesCleared(settled, invoices),
  ]);
}

async function readEnrolments(tx: Tx, studentId: string): Promise<OwedEnrolment[]> {
  const { rows } = await tx.query<OwedEnrolment>(
    `select id, status, payment_status, total_amount, amount_paid from course_enrollments
     where student_id = $1 and not is_deleted`,
    [studentId],
  );
  return rows;
}
