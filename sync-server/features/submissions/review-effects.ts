import type { Submission, SubmissionReview } from '#contract/tables/submissions.ts';
import type { Tx } from '../../db/sql.ts';
import { OvertakenError, type PushContext } from '../../sync/define-sync.ts';
import { recomputeUnlocks } from '../learning/index.ts';
import { notify, queueOutside, type Message } from '../notifications/index.ts';
import { logActivity, writeAudit } from '../people/index.ts';
import { awardReached } from '../rewards/index.ts';

type Work = Pick<Submission, 'id' | 'assignment_id' | 'student_id' | 'status'> & {
  assignment: string;
  student_name: string;
};

/** Everything a stored decision causes, in its own transaction: status, lessons, messages, trail. */
export async function carryOut(context: PushContext, review: SubmissionReview): Promise<void> {
  const { tx, deps } = context;
  const before = await describe(context, review.submission_id);
  await apply(context, review, before);
  if (review.decision === 'comment') {
    await tell(context, review, before, null);
    return;
  }
  const opened = await recomputeUnlocks(tx, deps, before.student_id, {
    cause: review.decision === 'approved' ? 'approval' : 'rule',
  });
  if (review.decision === 'approved') await awardReached(tx, deps, before.student_id, 'work_approved');
  await tell(context, review, before, opened[0]?.title ?? null);
  await leaveTrail(context, review, before);
}

async function apply({ deps, tx, now }: PushContext, review: SubmissionReview, before: Work): Promise<void> {
  const revokes = review.decision === 'declined' && before.status === 'approved';
  const { rows } = await tx.query<{ outcome: string }>(
    `select ${revokes ? 'server_apply_revocation' : 'server_apply_review'}($1, $2, $3) as outcome`,
    [deps.serverKey, review.id, now.toISOString()],
  );
  // The guard has judged the same locked row; only an attempt that was entered without taking its turn comes between.
  if (rows[0]?.outcome !== 'applied') throw new OvertakenError(`review ${review.id} was allowed but not applied`);
}

async function describe({ tx, deps }: PushContext, submissionId: string): Promise<Work> {
  const { rows } = await tx.query<{ work: Work }>('select server_describe_submission($1, $2) as work', [
    deps.serverKey,
    submissionId,
  ]);
  return rows[0]!.work;
}

async function readName(tx: Tx, userId: string): Promise<string> {
  const { rows } = await tx.query<{ full_name: string }>('select full_name from users where id = $1', [userId]);
  return rows[0]?.full_name ?? '';
}

const templateOf = {
  approved: 'assignment_approved',
  declined: 'assignment_declined',
  reopened: 'assignment_reopened',
  comment: 'assignment_comment',
} as const satisfies Record<SubmissionReview['decision'], Message['template']>;

async function tell({ tx, deps, actor }: PushContext, review: SubmissionReview, work: Work, nextLesson: string | null) {
  const message: Message = {
    template: templateOf[review.decision],
    to: work.student_id,
    fields: {
      name: work.student_name,
      reviewer: await readName(tx, actor.id),
      assignment: work.assignment,
      feedback: review.notes ?? '',
      next_lesson: nextLesson ?? '',
      next: nextLesson ? `${nextLesson} is open now.` : '',
    },
    link: `assignment/${work.assignment_id}`,
    dedupe: `review:${work.id}:${review.id}`,
  };
  await notify(tx, deps, message);
  if (review.decision === 'approved' || review.decision === 'declined') await queueOutside(tx, deps, message);
}

const actions = {
  approved: 'assignment_approved',
  declined: 'assignment_declined',
  reopened: 'assignment_reopened',
} as const;

async function leaveTrail(context: PushContext, review: SubmissionReview, work: Work): Promise<void> {
  const { tx, deps, actor, now } = context;
  if (review.decision === 'comment') return;
  const at = now.toISOString();
  if (review.decision !== 'reopened') {
    await logActivity(tx, deps, {
      person: work.student_id,
      activity: actions[review.decision],
      reference: work.id,
      at,
    });
  }
  await logActivity(tx, deps, { person: actor.id, activity: 'assignment_reviewed', reference: work.id, at });
  const after = await describe(context, work.id);
  await writeAudit(tx, deps, {
    actor: actor.id,
    entity: 'submissions',
    id: work.id,
    action: actions[review.decision],
    about: work.student_id,
    summary: `${work.assignment}: ${work.status} to ${after.status}`,
    data: {
      before: { status: work.status },
      after: { status: after.status },
      review_id: review.id,
      reviewed_at_client: review.reviewed_at_client,
    },
  });
}
