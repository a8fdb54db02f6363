import { dueAt } from '#contract/rules/due.ts';
import type { UserUnlock } from '#contract/tables/learning.ts';
import type { CourseTree } from '../lessons/index.ts';

export type WorkStatus = 'declined' | 'todo' | 'pending';
export type WorkItem = {
  assignmentId: string;
  submissionId: string | null;
  name: string;
  lesson: string;
  status: WorkStatus;
  due: string | null;
  overdue: boolean;
};

const rank: Record<WorkStatus, number> = { declined: 0, todo: 1, pending: 2 };

/** Work of open lessons that is not approved: needs changes first, then to do, then in review; the soonest due first. */
export const workOf = (
  trees: readonly CourseTree[],
  unlocks: readonly Pick<UserUnlock, 'lesson_id' | 'unlocked_at'>[],
  now: Date,
): WorkItem[] => {
  const openedAt = new Map(unlocks.map((one) => [one.lesson_id, one.unlocked_at]));
  return trees
    .flatMap((tree) => tree.lessons)
    .filter((entry) => entry.state.state !== 'locked')
    .flatMap((entry) =>
      entry.work.flatMap(({ assignment, latest }): WorkItem[] => {
        const status: WorkStatus | 'approved' = !latest || latest.status === 'withdrawn' ? 'todo' : latest.status;
        if (status === 'approved') return [];
        const due = dueAt(openedAt.get(entry.lesson.id) ?? null, assignment.due_days);
        return [
          {
            assignmentId: assignment.id,
            submissionId: latest && status !== 'todo' ? latest.id : null,
            name: assignment.name,
            lesson: entry.lesson.recording_title,
            status,
            due,
            overdue: status !== 'pending' && due !== null && new Date(due) < now,
          },
        ];
      }),
    )
    .toSorted((a, b) => rank[a.status] - rank[b.status] || (a.due ?? '9').localeCompare(b.due ?? '9'));
};
