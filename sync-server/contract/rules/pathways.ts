import type { PathwayCourse } from '../tables/courses.ts';
import type { EnrolmentFacts } from './access.ts';

type Step = Pick<PathwayCourse, 'pathway_id' | 'course_id' | 'step_number' | 'is_choice_point' | 'is_mandatory'>;

/** Where a pathway enrolment goes next. */
export type PathwayMove =
  | { kind: 'stay' }
  /** On to this course. */
  | { kind: 'course'; course_id: string }
  /** The student has to pick one of the next step's courses first. */
  | { kind: 'choice' }
  /** Every step is behind the student. */
  | { kind: 'finished' };

/**
 * The next step of a pathway (data model R17): only when the course the student stands at is completed, then the lowest step
 * above it.
 */
export function nextMove(
  enrolment: Pick<EnrolmentFacts, 'pathway_id' | 'current_course_id' | 'status'>,
  steps: readonly Step[],
  completed: ReadonlySet<string>,
): PathwayMove {
  if (enrolment.status !== 'active' || enrolment.pathway_id === null) return { kind: 'stay' };
  const own = steps.filter((step) => step.pathway_id === enrolment.pathway_id);
  if (own.length === 0) return { kind: 'stay' };
  const current = own.find((step) => step.course_id === enrolment.current_course_id);
  if (current && !isStepDone(own, current, completed)) return { kind: 'stay' };
  const above = own.filter((step) => step.step_number > (current?.step_number ?? 0));
  if (above.length === 0) return { kind: 'finished' };
  const number = Math.min(...above.map((step) => step.step_number));
  const next = above.filter((step) => step.step_number === number).sort((a, b) => (a.course_id < b.course_id ? -1 : 1));
  return next.every((step) => step.is_choice_point)
    ? { kind: 'choice' }
    : { kind: 'course', course_id: next[0]!.course_id };
}

/** At a choice the chosen course counts alone; else every course of the step that must be done. */
function isStepDone(own: readonly Step[], current: Step, completed: ReadonlySet<string>): boolean {
  if (!completed.has(current.course_id)) return false;
  return own
    .filter((step) => step.step_number === current.step_number && step.is_mandatory && !current.is_choice_point)
    .every((step) => completed.has(step.course_id));
}
