import { createHash } from 'node:crypto';
import type { DeviceTime } from '#contract/rules/device-time.ts';
import { handedInText, receiptCode } from '#contract/rules/receipts.ts';
import type { Submission } from '#contract/tables/submissions.ts';
import type { Tx } from '../../db/sql.ts';
import type { PushContext } from '../../sync/define-sync.ts';
import { signReceipt } from '../../sync/evidence.ts';
import { readFiles } from './facts.ts';

type Work = Pick<
  Submission,
  'id' | 'student_id' | 'assignment_id' | 'version' | 'content' | 'links' | 'file_ids' | 'client_submitted_at'
>;

/** The receipt of an attempt that is being accepted, signed. */
export async function makeReceipt(
  { tx, deps, now }: PushContext,
  work: Work,
  time: DeviceTime,
  isLate: boolean,
): Promise<string> {
  const sha256 = await hashOfWork(tx, work);
  const receivedAt = now.toISOString();
  return signReceipt(deps, {
    code: receiptCode(createHash('sha256').update(`${work.id} ${sha256} ${receivedAt}`).digest()),
    submission_id: work.id,
    student_id: work.student_id,
    assignment_id: work.assignment_id,
    version: work.version,
    sha256,
    device_time: { from: time.from, to: time.to, anchored: time.is_anchored },
    handed_in_at: time.counts,
    is_late: isLate,
    received_at: receivedAt,
  });
}

/** SHA-256 of what was handed in, as a receipt names it. */
export async function hashOfWork(tx: Tx, work: Pick<Work, 'content' | 'links' | 'file_ids'>): Promise<string> {
  const found = await readFiles(tx, work.file_ids);
  const files = work.file_ids.map((id) => ({ id, sha256: found.find((file) => file.id === id)?.sha256 ?? '' }));
  return createHash('sha256')
    .update(handedInText({ content: work.content, links: work.links, files }))
    .digest('hex');
}
