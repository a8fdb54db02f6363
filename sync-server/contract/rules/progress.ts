import type { Module } from '../tables/courses.ts';
import type { RecordingView } from '../tables/learning.ts';
import type { Assignment, AvailableLesson } from '../tables/lessons.ts';
import type { Submission } from '../tables/submissions.ts';
import { orderLessons } from './lesson-order.ts';

/** What has been done of what there is; approved counts distinct assignments. */
export type Tally = { lessons: number; watched: number; assignments: number; approved: number };

/** Workflows 2.3: 60 % watching and 40 % approved work, or watching alone where no work is asked. 0..100, whole. */
export function progressPercent({ lessons, watched, assignments, approved }: Tally): number {
  const seen = lessons === 0 ? 0 : watched / lessons;
  if (assignments === 0) return Math.round(100 * seen);
  if (lessons === 0) return Math.round((100 * approved) / assignments);
  // Divided last, so that a whole percentage never loses to a fraction such as 0.6 × 0.5.
  return Math.round((60 * watched * assignments + 40 * approved * lessons) / (lessons * assignments));
}

/** Everything watched and everything approved; an empty course is never complete. */
export const isComplete = ({ lessons, watched, assignments, approved }: Tally): boolean =>
  lessons + assignments > 0 && watched === lessons && approved === assignments;

export type ProgressFacts = {
  modules: readonly Pick<Module, 'id' | 'course_id' | 'sequence_order'>[];
  lessons: readonly Pick<AvailableLesson, 'id' | 'module_id' | 'sequence_order' | 'is_published'>[];
  assignments: readonly Pick<Assignment, 'id' | 'lesson_id' | 'is_required' | 'is_active'>[];
  views: readonly Pick<RecordingView, 'lesson_id' | 'watched'>[];
  submissions: readonly Pick<Submission, 'assignment_id' | 'status'>[];
};

export type Progress = Tally & { percent: number; complete: boolean };

/** Progress of a course and of each of its modules; only published lessons and required, active assignments count. */
export function courseProgress(
  facts: ProgressFacts,
  courseId: string,
): { course: Progress; modules: Map<string, Progress> } {
  const watched = new Set(facts.views.filter((view) => view.watched).map((view) => view.lesson_id));
  const approved = new Set(
    facts.submissions.filter((work) => work.status === 'approved').map((work) => work.assignment_id),
  );
  const lessons = orderLessons(facts.modules, facts.lessons, courseId);
  const asked = facts.assignments.filter((assignment) => assignment.is_required && assignment.is_active);
  const tally = (inScope: typeof lessons): Progress => {
    const ids = new Set(inScope.map((lesson) => lesson.id));
    const work = asked.filter((assignment) => assignment.lesson_id !== null && ids.has(assignment.lesson_id));
    const counted = {
      lessons: inScope.length,
      watched: inScope.filter((lesson) => watched.has(lesson.id)).length,
      assignments: work.length,
      approved: work.filter((assignment) => approved.has(assignment.id)).length,
    };
    return { ...counted, percent: progressPercent(counted), complete: isComplete(counted) };
  };
  const modules = new Map<string, Progress>();
  for (const module of facts.modules) {
    if (module.course_id !== courseId) continue;
    modules.set(module.id, tally(lessons.filter((lesson) => lesson.module_id === module.id)));
  }
  return { course: tally(lessons), modules };
}
