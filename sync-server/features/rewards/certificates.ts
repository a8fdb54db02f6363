import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { notify, queueOutside, type Message } from '../notifications/index.ts';
import { writeAudit } from '../people/index.ts';
import { newVerificationCode } from './verification-code.ts';

type Moment = Pick<Deps, 'serverKey' | 'clock'>;
export type CertificateKind = 'course' | 'pathway' | 'track';
export type Issue = {
  studentId: string;
  kind: CertificateKind;
  targetId: string;
  /** Null: by the rule. */
  by: string | null;
};
type Issued = { id: string; number: string; title: string; printed_name: string };

/**
 * Issues a certificate with number and code, tells the student and writes the trail, all in this transaction. Null where a valid
 * one is there already. Its picture is made afterwards.
 */
export async function issueCertificate(
  tx: Tx,
  deps: Moment,
  { studentId, kind, targetId, by }: Issue,
  { announce = true }: { announce?: boolean } = {},
): Promise<Issued | null> {
  const { rows } = await tx.query<{ issued: Issued | null }>(
    'select server_issue_certificate($1, $2, $3, $4, $5, $6, $7) as issued',
    [deps.serverKey, studentId, kind, targetId, by, newVerificationCode(), deps.clock.now()],
  );
  const issued = rows[0]?.issued;
  if (!issued) return null;
  if (announce) await tell(tx, deps, 'certificate_issued', studentId, issued);
  await writeAudit(tx, deps, {
    actor: by,
    entity: 'certificates',
    id: issued.id,
    action: 'certificate_issued',
    about: studentId,
    summary: `${issued.number} for ${issued.title}`,
    data: { number: issued.number, type: kind, target: targetId },
  });
  return issued;
}

/** Issues what a student has earned and does not have, by the rule; null = every student's. Answers how many. */
export async function issueEarned(
  tx: Tx,
  deps: Moment,
  studentId: string,
  options: { announce?: boolean } = {},
): Promise<number> {
  let issued = 0;
  for (const { kind, target } of await findCandidates(tx, deps, studentId)) {
    if (await issueCertificate(tx, deps, { studentId, kind, targetId: target, by: null }, options)) issued++;
  }
  return issued;
}

export type Candidate = { student_id: string; kind: CertificateKind; target: string };

/** Who has earned a certificate and has none; of one student, or of all. */
export async function findCandidates(tx: Tx, { serverKey }: Moment, studentId: string | null): Promise<Candidate[]> {
  const { rows } = await tx.query<Candidate>(
    'select student_id, kind, target from server_certificate_candidates($1, $2)',
    [serverKey, studentId],
  );
  return rows;
}

/** Takes back a valid certificate; false where there is none. Its row and number stay, marked. */
export async function revokeCertificate(
  tx: Tx,
  deps: Moment,
  { certificateId, by, reason }: { certificateId: string; by: string | null; reason: string },
): Promise<boolean> {
  const { rows } = await tx.query<{ revoked: (Issued & { student_id: string }) | null }>(
    'select server_revoke_certificate($1, $2, $3, $4) as revoked',
    [deps.serverKey, certificateId, reason, deps.clock.now()],
  );
  const revoked = rows[0]?.revoked;
  if (!revoked) return false;
  await tell(tx, deps, 'certificate_revoked', revoked.student_id, revoked);
  await writeAudit(tx, deps, {
    actor: by,
    entity: 'certificates',
    id: certificateId,
    action: 'certificate_revoked',
    about: revoked.student_id,
    summary: `${revoked.number} was revoked`,
    data: { number: revoked.number, reason },
  });
  return true;
}

/** A full refund takes the certificates of its enrolment with it (data model R10). Answers how many. */
export async function revokeCertificatesOfEnrolment(
  tx: Tx,
  deps: Moment,
  { enrolmentId, by, reason }: { enrolmentId: string; by: string | null; reason: string },
): Promise<number> {
  const { rows } = await tx.query<{ id: string }>('select server_certificates_of_enrolment($1, $2) as id', [
    deps.serverKey,
    enrolmentId,
  ]);
  for (const { id } of rows) await revokeCertificate(tx, deps, { certificateId: id, by, reason });
  return rows.length;
}

async function tell(
  tx: Tx,
  deps: Moment,
  template: 'certificate_issued' | 'certificate_revoked',
  studentId: string,
  { id, number, title }: { id: string; number: string; title: string },
): Promise<void> {
  const message: Message = {
    template,
    to: studentId,
    ofOwnAct: true,
    fields: { title, number },
    link: 'certificates',
    dedupe: `${template}:${id}`,
  };
  await notify(tx, deps, message);
  await queueOutside(tx, deps, message);
}
