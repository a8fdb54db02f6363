import { dueAt } from '#contract/rules/due.ts';
import { latestAttempt } from '#contract/rules/predecessors.ts';
import type { Assignment } from '#contract/tables/lessons.ts';
import type { Submission } from '#contract/tables/submissions.ts';
import type { CourseTree, LearningRows, LessonEntry } from '../lessons/index.ts';

/** What the student has to do with one assignment. */
export type WorkStatus = 'todo' | Submission['status'];

export type WorkEntry = {
  assignment: Assignment;
  tree: CourseTree;
  /** The lesson it belongs to, with its lock. */
  entry: LessonEntry;
  /** Every attempt, newest first. */
  attempts: Submission[];
  latest: Submission | null;
  status: WorkStatus;
  /** ISO instant; null while the lesson never opened. */
  due: string | null;
  /** Already open, or begun: it can be worked on. */
  open: boolean;
};

/** A withdrawn attempt leaves the work to do again. */
const statusOf = (latest: Submission | null): WorkStatus =>
  latest === null || latest.status === 'withdrawn' ? 'todo' : latest.status;

/** Every assignment of the student's courses, in course order. */
export function workEntries(
  trees: readonly CourseTree[],
  rows: Pick<LearningRows, 'submissions' | 'unlocks'>,
): WorkEntry[] {
  const latest = latestAttempt(rows.submissions);
  const unlocks = new Map(rows.unlocks.map((unlock) => [unlock.lesson_id, unlock]));
  return trees.flatMap((tree) =>
    tree.lessons.flatMap((entry) =>
      entry.work.map(({ assignment }): WorkEntry => {
        const attempts = rows.submissions
          .filter((submission) => submission.assignment_id === assignment.id)
          .toSorted((a, b) => b.version - a.version);
        const newest = latest.get(assignment.id) ?? null;
        return {
          assignment,
          tree,
          entry,
          attempts,
          latest: newest,
          status: statusOf(newest),
          due: dueAt(unlocks.get(entry.lesson.id)?.unlocked_at ?? null, assignment.due_days),
          open: entry.state.state !== 'locked' || newest !== null,
        };
      }),
    ),
  );
}

const urgency: Record<WorkStatus, number> = { declined: 0, todo: 1, withdrawn: 1, pending: 2, approved: 3 };

/** Needs changes first, then to do, then in review; within each the one due first. */
export const byUrgency = (a: WorkEntry, b: WorkEntry): number =>
  urgency[a.status] - urgency[b.status] || (a.due ?? '9').localeCompare(b.due ?? '9');

/** What the student still has to care for: open and not approved, the most urgent first. */
export const unfinished = (work: readonly WorkEntry[]): WorkEntry[] =>
  work.filter((entry) => entry.open && entry.status !== 'approved').toSorted(byUrgency);
