import { at } from '#contract/rules/dates.ts';
import type { LockReason, OpenReason } from '#contract/rules/unlock-reasons.ts';
import type { CompanySettings } from '#contract/tables/company.ts';
import type { Assignment } from '#contract/tables/lessons.ts';
import type { FileRow, Submission } from '#contract/tables/submissions.ts';
import type { Tx } from '../../db/sql.ts';
import type { DeviceTime } from '#contract/rules/device-time.ts';
import { judgeTime } from '../../sync/believed-time.ts';
import type { PushContext } from '../../sync/define-sync.ts';

export type SubmissionFacts = {
  assignment: Pick<
    Assignment,
    'id' | 'name' | 'lesson_id' | 'submission_type' | 'due_days' | 'is_active' | 'max_files' | 'max_file_mb'
  >;
  /** The student has an enrolment that leads to the assignment's course, whatever its state. */
  enrolled: boolean;
  unlock: {
    is_unlocked: boolean;
    unlocked_at: string | null;
    reason: LockReason | OpenReason | null;
    /** When the decision last changed. */
    changed_at: string;
  } | null;
  restricted_since: string | null;
  /** The last time the device was away for more than ten minutes. */
  absence: { from: string; until: string } | null;
  latest: Pick<Submission, 'version' | 'status'> | null;
  settings: Pick<CompanySettings, 'submission_max_files' | 'submission_max_file_mb' | 'offline_lease_days'>;
};

/** Null when there is no such assignment. The attempts of this student at it stay locked until the transaction ends. */
export async function readSubmissionFacts(
  { tx, deps, actor, deviceId, now }: PushContext,
  assignmentId: string,
): Promise<SubmissionFacts | null> {
  const { rows } = await tx.query<{ facts: SubmissionFacts | null }>(
    'select server_submission_facts($1, $2, $3, $4, $5) as facts',
    [deps.serverKey, actor.id, assignmentId, deviceId, now],
  );
  return rows[0]?.facts ?? null;
}

export type KnownFile = Pick<FileRow, 'id' | 'bucket' | 'owner_id' | 'bytes' | 'mime' | 'sha256' | 'status'>;

/** The files named, as far as this person may see them. */
export async function readFiles(tx: Tx, ids: readonly string[]): Promise<KnownFile[]> {
  if (ids.length === 0) return [];
  const { rows } = await tx.query<KnownFile>(
    'select id, bucket, owner_id, bytes, mime, sha256, status from files where id = any($1::uuid[])',
    [ids],
  );
  return rows;
}

/** When the work was handed in, and the moment that counts for lateness and gates. */
export const whenHandedIn = (
  context: PushContext,
  clientSubmittedAt: string,
  { settings, absence }: SubmissionFacts,
): Promise<DeviceTime> => judgeTime(context, clientSubmittedAt, { absence, leaseDays: settings.offline_lease_days });

/** Gates that may shut over work already done; what was handed in before they did is taken all the same. */
const gates: ReadonlySet<string> = new Set<LockReason>([
  'account_restricted',
  'access_expired',
  'no_access',
  'pathway_locked',
  'fees_not_cleared',
]);

/** Whether the lesson of the work was open when it was handed in (workflows 3.17, 7.1). */
export function lessonWas(
  handedIn: string,
  { assignment, enrolled, unlock, restricted_since }: SubmissionFacts,
): 'open' | 'locked' {
  // Work that belongs to the course, not to a lesson, is open to everyone enrolled.
  if (assignment.lesson_id === null) return enrolled ? 'open' : 'locked';
  if (!unlock) return 'locked';
  if (unlock.is_unlocked) return 'open';
  if (!unlock.unlocked_at || !unlock.reason || !gates.has(unlock.reason)) return 'locked';
  const shut = (unlock.reason === 'account_restricted' ? restricted_since : null) ?? unlock.changed_at;
  return at(handedIn) < at(shut) ? 'open' : 'locked';
}
