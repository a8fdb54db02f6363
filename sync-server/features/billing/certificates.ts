import type { Tx } from '../../db/sql.ts';
import { writeAudit } from '../people/index.ts';
import type { By, Parts } from './facts.ts';

/** Takes the certificates of an enrolment back (decisions: a full refund does, a part does not). Answers how many. */
export async function revokeCertificates(
  tx: Tx,
  parts: Parts,
  enrolmentId: string,
  reason: string,
  by: By,
): Promise<number> {
  const { rows } = await tx.query<{ id: string; student_id: string; number: string }>(
    `update certificates c set revoked_at = $2, revoke_reason = $3
     from course_enrollments e
     where e.id = $1 and c.student_id = e.student_id and c.revoked_at is null and not c.is_deleted
       and (c.pathway_id = e.pathway_id or c.course_id in (select app_enrolment_courses(e.id)))
     returning c.id, c.student_id, c.number`,
    [enrolmentId, parts.clock.now(), reason],
  );
  for (const { id, student_id, number } of rows)
    await writeAudit(tx, parts, {
      actor: by.actor,
      entity: 'certificate',
      id,
      action: 'certificate_revoked',
      about: student_id,
      summary: number,
      data: { enrollment_id: enrolmentId, reason },
    });
  return rows.length;
}
