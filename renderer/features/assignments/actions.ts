import type { Verdict } from '#contract/errors.ts';
import { canSubmit, canWithdraw } from '#contract/rules/submitting.ts';
import type { Replica } from '../../data/index.ts';
import type { WorkEntry } from './work-list.ts';

/** A half-written attempt, kept sealed on this device. The id is the future submission's, so that files can name it. */
export type WorkDraft = { id: string; content: string; links: string[]; file_ids: string[] };

export const draftKey = (assignmentId: string): string => `work/${assignmentId}`;

const now = (replica: Replica): string => replica.stamp().toISOString();

/**
 * Hands in an attempt: written on this device at once, sent when there is a network. Returns the rule's refusal instead of
 * writing what the server would not take.
 */
export async function submitWork(replica: Replica, work: WorkEntry, draft: WorkDraft): Promise<Verdict> {
  const [settings] = await replica.find('company_settings');
  if (!settings) return 'unknown';
  const files = await replica.find('files', { id: { $in: draft.file_ids } });
  const { latest } = work;
  const basedOn = latest && { version: latest.version, status: latest.status };
  const verdict = canSubmit(replica.actor, {
    student_id: replica.actor.id,
    assignment: work.assignment,
    lesson: work.open ? 'open' : 'locked',
    latest,
    basedOn,
    content: draft.content,
    links: draft.links,
    files,
    settings,
  });
  if (verdict !== 'allowed') return verdict;
  const at = now(replica);
  await replica.writes.insert('submissions', {
    id: draft.id,
    assignment_id: work.assignment.id,
    student_id: replica.actor.id,
    content: draft.content.trim() || null,
    links: draft.links,
    file_ids: draft.file_ids,
    client_submitted_at: at,
    based_on: basedOn,
    // What the server will say, shown until it does.
    version: (latest?.version ?? 0) + 1,
    status: 'pending',
    submitted_at: at,
    withdraw_requested_at: null,
    reviewed_at: null,
    reviewed_by: null,
    notes: null,
    score: null,
    is_late: false,
  });
  return 'allowed';
}

/** Takes a pending attempt back, as long as nobody decided. */
export async function withdrawWork(replica: Replica, work: WorkEntry): Promise<Verdict> {
  if (!work.latest) return 'unknown';
  const verdict = canWithdraw(replica.actor, work.latest);
  if (verdict !== 'allowed') return verdict;
  await replica.writes.update('submissions', work.latest.id, {
    withdraw_requested_at: now(replica),
    status: 'withdrawn',
  });
  return 'allowed';
}
