import type { Assignment } from '../tables/lessons.ts';
import type { Submission } from '../tables/submissions.ts';
import type { BatchTimelineItem } from '../tables/timeline.ts';

type Item = Pick<
  BatchTimelineItem,
  'id' | 'item_type' | 'stage' | 'drip_offset_days' | 'sequence_order' | 'lesson_id' | 'assignment_id'
>;
type Task = Pick<Assignment, 'id' | 'lesson_id' | 'is_required' | 'is_active'>;
type Work = Pick<Submission, 'assignment_id' | 'status'>;

/** `ahead`: its day has not come. `waiting`: the work of the recording before it is not approved yet. */
export type TimelineState = 'ahead' | 'waiting' | 'open';

/** Items of a batch in the order of their days. */
export const orderTimeline = <T extends Item>(items: readonly T[]): T[] =>
  items.toSorted(
    (a, b) => a.drip_offset_days - b.drip_offset_days || a.sequence_order - b.sequence_order || (a.id < b.id ? -1 : 1),
  );

/**
 * Where a student stands with one item of the own batch's schedule (data model R18): its day must be here and, for a recording,
 * the required work of the recording before it approved. It is a sign on the schedule; what plays, the lesson's unlock decides.
 */
export function timelineState(
  item: Item,
  items: readonly Item[],
  work: { assignments: readonly Task[]; submissions: readonly Work[] },
): TimelineState {
  if (item.stage !== 'deployed') return 'ahead';
  if (item.item_type !== 'RECORDING') return 'open';
  const recordings = orderTimeline(items.filter((one) => one.item_type === 'RECORDING'));
  const before = recordings[recordings.findIndex(({ id }) => id === item.id) - 1];
  if (!before) return 'open';
  const isApproved = (id: string) =>
    work.submissions.some((one) => one.assignment_id === id && one.status === 'approved');
  return tasksOf(before, work.assignments).every(isApproved) ? 'open' : 'waiting';
}

const tasksOf = (item: Item, assignments: readonly Task[]): string[] =>
  item.assignment_id
    ? [item.assignment_id]
    : assignments
        .filter((task) => task.lesson_id !== null && task.lesson_id === item.lesson_id)
        .filter((task) => task.is_required && task.is_active)
        .map(({ id }) => id);
