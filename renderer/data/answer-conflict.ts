import type { Core } from './core.ts';
import type { ProblemRow } from './device-database.ts';
import { keptPrefix, type Drafts } from './drafts.ts';
import type { LiveRows } from './live-rows.ts';
import { ConflictClosedError, type ConflictChoice, type DocOf, type Writes } from './types.ts';

type Parts = { read: Core['read']; writes: Writes; live: LiveRows; drafts: Drafts; stamp: () => Date };

/** Carries out what the person chose; the problem itself is removed by the caller afterwards. */
export async function answerConflict(parts: Parts, problem: ProblemRow, choice: ConflictChoice): Promise<void> {
  if (choice === 'keep_theirs') return keepMineAsDraft(parts, problem);
  if (problem.type === 'submissions' && problem.verb === 'insert') return sendNewAttempt(parts, problem);
  if (problem.verb === 'delete') return parts.writes.remove(problem.type as 'lesson_notes', problem.id);
  const there = await parts.read(problem.type, problem.id);
  if (!there) throw new ConflictClosedError('gone');
  await parts.writes.update(problem.type as 'lesson_notes', problem.id, problem.mine);
}

/** What the person wrote is kept where the screen of its subject finds it: `kept/<table>/<subject>/<row>`. */
async function keepMineAsDraft({ drafts }: Parts, problem: ProblemRow): Promise<void> {
  const wrote = Object.entries(problem.mine).some(
    ([column, value]) => typeof value === 'string' && value !== '' && !column.endsWith('_at'),
  );
  if (problem.verb === 'delete' || !wrote) return;
  const subject = typeof problem.mine.assignment_id === 'string' ? problem.mine.assignment_id : problem.id;
  await drafts.save(`${keptPrefix}${problem.type}/${subject}/${problem.id}`, problem.mine);
}

/** A new attempt on top of the one the mentor decided (screens 3.3 a). */
async function sendNewAttempt({ writes, live, stamp }: Parts, problem: ProblemRow): Promise<void> {
  const { assignment_id, student_id, content, links, file_ids } = problem.mine as Partial<DocOf<'submissions'>>;
  if (!assignment_id || !student_id) throw new ConflictClosedError('gone');
  const attempts = await live.find('submissions', { assignment_id, student_id });
  const latest = attempts.toSorted((a, b) => b.version - a.version)[0];
  if (latest?.status === 'approved') throw new ConflictClosedError('already_approved');
  if (latest?.status === 'pending') throw new ConflictClosedError('submission_open');
  const now = stamp().toISOString();
  await writes.insert('submissions', {
    assignment_id,
    student_id,
    content: content ?? null,
    links: links ?? [],
    file_ids: file_ids ?? [],
    client_submitted_at: now,
    based_on: latest ? { version: latest.version, status: latest.status } : null,
    // Shown until the server answers; it gives the number and the state itself.
    status: 'pending',
    version: (latest?.version ?? 0) + 1,
    submitted_at: now,
    withdraw_requested_at: null,
    reviewed_at: null,
    reviewed_by: null,
    notes: null,
    score: null,
    is_late: false,
  });
}
