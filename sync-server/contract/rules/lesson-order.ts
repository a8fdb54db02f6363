import type { Module } from '../tables/courses.ts';
import type { AvailableLesson } from '../tables/lessons.ts';

type Placed = Pick<AvailableLesson, 'id' | 'module_id' | 'sequence_order' | 'is_published'>;

const byOrderThenId = (a: { sequence_order: number; id: string }, b: { sequence_order: number; id: string }): number =>
  a.sequence_order - b.sequence_order || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** The published lessons of a course in the order they are learned: module order, then lesson order, then id. */
export function orderLessons<L extends Placed>(
  modules: readonly Pick<Module, 'id' | 'course_id' | 'sequence_order'>[],
  lessons: readonly L[],
  courseId: string,
): L[] {
  const inCourse = modules.filter((module) => module.course_id === courseId).sort(byOrderThenId);
  const byModule = Map.groupBy(
    lessons.filter((lesson) => lesson.is_published),
    (lesson) => lesson.module_id,
  );
  return inCourse.flatMap((module) => (byModule.get(module.id) ?? []).toSorted(byOrderThenId));
}
