import type { DeviceLockReason } from '#contract/rules/unlock-reasons.ts';
import { paths } from '../../platform/links.ts';
import type { CourseTree } from '../lessons/index.ts';

export type NextStep = { kind: 'watch' | 'rate' | 'submit' | 'revise'; to: string };

/** What the student can do about a lock, and where; null where only somebody else or time can. */
export const stepTo = (
  reason: DeviceLockReason,
  blockingLessonId: string | null,
  tree: CourseTree,
): NextStep | null => {
  const entry = tree.lessons.find((one) => one.lesson.id === blockingLessonId);
  if (!entry) return null;
  const open = entry.work.find(({ latest }) => latest?.status !== 'approved' && latest?.status !== 'pending');
  switch (reason) {
    case 'previous_lesson_not_watched':
      return { kind: 'watch', to: paths.lesson(entry.lesson.id) };
    case 'previous_lesson_not_rated':
      return { kind: 'rate', to: paths.lesson(entry.lesson.id) };
    case 'previous_assignment_not_submitted':
      return open ? { kind: 'submit', to: paths.assignment(open.assignment.id) } : null;
    case 'previous_assignment_declined':
      return open ? { kind: 'revise', to: paths.assignment(open.assignment.id) } : null;
    default:
      return null;
  }
};
