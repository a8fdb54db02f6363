import { dueAt, isLate } from '#contract/rules/due.ts';
import { canSubmit, canWithdraw } from '#contract/rules/submitting.ts';
import { submissions, type Submission } from '#contract/tables/submissions.ts';
import { defineSync, type GuardAnswer, type PushContext } from '../../sync/define-sync.ts';
import { lockProgress, recomputeUnlocks, watchBySubmission } from '../learning/index.ts';
import { notify } from '../notifications/index.ts';
import { logActivity, writeAudit } from '../people/index.ts';
import { awardReached } from '../rewards/index.ts';
import { lessonWas, readFiles, readSubmissionFacts, whenHandedIn, type KnownFile } from './facts.ts';
import { makeReceipt } from './receipts.ts';

type Proposed = Pick<
  Submission,
  'assignment_id' | 'student_id' | 'content' | 'links' | 'file_ids' | 'client_submitted_at' | 'based_on'
>;

/** Work handed in by a student, and the wish to take it back; everything decided about it comes from reviews. */
export const submissionsSync = defineSync(submissions, {
  guard: async (context, { before, set, deleted }) => {
    if (deleted) return 'not_allowed';
    if (before) return guardWithdrawal(context, before as unknown as Submission);
    return guardInsert(context, set as Proposed);
  },
  after: async (context, { before, after }) => {
    if (!after) return;
    const work = after as unknown as Submission;
    if (before) await withdraw(context, work);
    else await accept(context, work);
  },
});

async function guardInsert(context: PushContext, set: Proposed): Promise<GuardAnswer> {
  const { tx, actor } = context;
  if (actor.role !== 'student' || set.student_id !== actor.id) return 'not_allowed';
  await lockProgress(tx, actor.id);
  const facts = await readSubmissionFacts(context, set.assignment_id);
  if (!facts?.enrolled) return 'not_allowed';
  const fileIds = set.file_ids ?? [];
  const files = await readFiles(tx, fileIds);
  const missing = fileIds.filter((id) => !files.some((file) => file.id === id));
  const { counts } = await whenHandedIn(context, set.client_submitted_at, facts);
  const verdict = canSubmit(actor, {
    student_id: set.student_id,
    assignment: facts.assignment,
    lesson: lessonWas(counts, facts),
    latest: facts.latest,
    basedOn: set.based_on ?? null,
    content: set.content ?? null,
    links: set.links ?? [],
    // A file that is still on its way is taken for a good one; it is judged when it has come.
    files: [...files, ...missing.map((id) => onItsWay(id, actor.id))],
    settings: facts.settings,
  });
  if (verdict !== 'allowed') return verdict;
  if (files.some((file) => file.status === 'quarantined' || file.status === 'deleted')) return 'invalid';
  return missing.length > 0 || files.some((file) => file.status !== 'ready') ? { wait: 'files' } : 'allowed';
}

const onItsWay = (id: string, owner: string): KnownFile => ({
  id,
  bucket: 'assignment-submissions',
  owner_id: owner,
  bytes: 1,
  sha256: '',
  mime: 'application/pdf',
  status: 'local',
});

async function guardWithdrawal({ tx, actor, op }: PushContext, before: Submission): Promise<GuardAnswer> {
  if (before.student_id !== actor.id) return 'not_allowed';
  await lockProgress(tx, actor.id);
  // Asked again under the lock: a verdict may have come between.
  const { rows } = await tx.query<Pick<Submission, 'student_id' | 'status'>>(
    'select student_id, status from submissions where id = $1',
    [op.id],
  );
  return rows[0] ? canWithdraw(actor, rows[0]) : 'not_allowed';
}

async function accept(context: PushContext, work: Submission): Promise<void> {
  const { tx, actor, deps, now } = context;
  const facts = (await readSubmissionFacts(context, work.assignment_id))!;
  const time = await whenHandedIn(context, work.client_submitted_at, facts);
  const late = isLate(time.counts, dueAt(facts.unlock?.unlocked_at ?? null, facts.assignment.due_days));
  const receipt = await makeReceipt(context, work, time, late);
  await tx.query('select server_accept_submission($1, $2, $3, $4, signed_receipt => $5)', [
    deps.serverKey,
    work.id,
    now.toISOString(),
    late,
    receipt,
  ]);
  if (work.file_ids.length > 0) {
    await tx.query("select server_link_files($1, $2, $3::uuid[], 'submissions', $4)", [
      deps.serverKey,
      actor.id,
      work.file_ids,
      work.id,
    ]);
  }
  if (facts.assignment.lesson_id) await watchBySubmission(context, actor.id, facts.assignment.lesson_id);
  await recomputeUnlocks(tx, deps, actor.id, { cause: 'completion' });
  await awardReached(tx, deps, actor.id, 'work_submitted');
  await tellReviewers(context, work, facts.assignment.name);
  await logActivity(tx, deps, {
    person: actor.id,
    activity: 'assignment_submitted',
    reference: work.id,
    at: time.counts,
  });
  await writeAudit(tx, deps, {
    actor: actor.id,
    entity: 'submissions',
    id: work.id,
    action: 'assignment_submitted',
    about: actor.id,
    summary: `Attempt ${work.version} at ${facts.assignment.name} was handed in`,
    data: { version: work.version, late, client_submitted_at: work.client_submitted_at },
  });
}

async function tellReviewers({ tx, actor, deps }: PushContext, work: Submission, assignment: string): Promise<void> {
  const audience = await tx.query<{ id: string }>('select server_submission_audience($1, $2) as id', [
    deps.serverKey,
    work.id,
  ]);
  const name = await tx.query<{ full_name: string }>('select full_name from users where id = $1', [actor.id]);
  for (const { id } of audience.rows) {
    await notify(tx, deps, {
      template: 'assignment_submission',
      to: id,
      fields: { student_name: name.rows[0]!.full_name, assignment, submission_id: work.id },
      link: `review/${work.id}`,
      dedupe: `submission_new:${work.id}:${id}`,
    });
  }
}

async function withdraw({ tx, actor, deps, now }: PushContext, work: Submission): Promise<void> {
  if (work.status !== 'pending' || !work.withdraw_requested_at) return;
  await tx.query('select server_withdraw_submission($1, $2)', [deps.serverKey, work.id]);
  await recomputeUnlocks(tx, deps, actor.id);
  await writeAudit(tx, deps, {
    actor: actor.id,
    entity: 'submissions',
    id: work.id,
    action: 'assignment_withdrawn',
    about: actor.id,
    summary: `Attempt ${work.version} was withdrawn`,
    data: { withdrawn_at: now.toISOString() },
  });
}
