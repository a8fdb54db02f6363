import type { CourseEnrollment, LearningPathway, PathwayCourse } from '#contract/tables/courses.ts';
import type { CourseTree } from '../lessons/index.ts';

export type JourneyStep = { tree: CourseTree; state: 'done' | 'current' | 'ahead' };
export type Journey = {
  /** The pathway's name; null for a course on its own. */
  pathway: string | null;
  steps: JourneyStep[];
  /** Where the student is among the steps, from 1; null without a pathway or when all is done. */
  at: number | null;
};

type Rows = {
  enrolments: readonly Pick<CourseEnrollment, 'pathway_id' | 'current_course_id' | 'status'>[];
  pathways: readonly Pick<LearningPathway, 'id' | 'name'>[];
  pathwayCourses: readonly Pick<PathwayCourse, 'pathway_id' | 'course_id' | 'step_number'>[];
};

const finished = (tree: CourseTree): boolean => tree.frontier === null && tree.lessons.length > 0;

/** The student's courses as journeys: one per pathway in the order of its steps, then the courses that stand alone. */
export const journeysOf = (trees: readonly CourseTree[], rows: Rows): Journey[] => {
  const left = new Map(trees.map((tree) => [tree.course.id, tree]));
  const take = (courseId: string): CourseTree | undefined => {
    const tree = left.get(courseId);
    left.delete(courseId);
    return tree;
  };
  const along = rows.enrolments
    .filter((one) => one.pathway_id !== null && one.status !== 'cancelled')
    .map((enrolment): Journey => {
      const steps = rows.pathwayCourses
        .filter((step) => step.pathway_id === enrolment.pathway_id)
        .toSorted((a, b) => a.step_number - b.step_number)
        .map((step) => take(step.course_id))
        .filter((tree) => tree !== undefined);
      const named = steps.findIndex((tree) => tree.course.id === enrolment.current_course_id);
      const at = named >= 0 ? named : steps.findIndex((tree) => !finished(tree));
      return {
        pathway: rows.pathways.find((one) => one.id === enrolment.pathway_id)?.name ?? null,
        steps: steps.map((tree, position) => ({
          tree,
          state: finished(tree) || (at >= 0 && position < at) ? 'done' : position === at ? 'current' : 'ahead',
        })),
        at: at >= 0 ? at + 1 : null,
      };
    })
    .filter((journey) => journey.steps.length > 0);
  const alone: JourneyStep[] = [...left.values()].map((tree) => ({ tree, state: finished(tree) ? 'done' : 'current' }));
  return alone.length > 0 ? [...along, { pathway: null, steps: alone, at: null }] : along;
};
