import type { PathwayCourse } from '../tables/courses.ts';
import type { PathwayChoiceSelection } from '../tables/onboarding.ts';
import type { EnrolmentFacts } from './access.ts';

type Step = Pick<
  PathwayCourse,
  'pathway_id' | 'course_id' | 'step_number' | 'is_choice_point' | 'choice_group' | 'is_mandatory'
>;
/** What a student picked at the choices of a pathway. */
export type PathwayChoice = Pick<PathwayChoiceSelection, 'pathway_id' | 'choice_group' | 'selected_course_id'>;

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
 * above it. At a choice the pick counts, also one that was changed while nothing of its course was watched.
 */
export function nextMove(
  enrolment: Pick<EnrolmentFacts, 'pathway_id' | 'current_course_id' | 'status'> & { awaiting_choice?: boolean },
  steps: readonly Step[],
  completed: ReadonlySet<string>,
  choices: readonly PathwayChoice[] = [],
): PathwayMove {
  if (enrolment.status !== 'active' || enrolment.pathway_id === null) return { kind: 'stay' };
  const own = steps.filter((step) => step.pathway_id === enrolment.pathway_id);
  if (own.length === 0) return { kind: 'stay' };
  const current = own.find((step) => step.course_id === enrolment.current_course_id);
  const changed =
    current &&
    pickedAt(
      own.filter((step) => isBeside(step, current)),
      choices,
    );
  if (changed && changed !== current.course_id) return { kind: 'course', course_id: changed };
  // Who waits at a choice is done with the step before it, be it that an optional course was left out.
  if (current && !enrolment.awaiting_choice && !isStepDone(own, current, completed)) return { kind: 'stay' };
  const above = own.filter((step) => step.step_number > (current?.step_number ?? 0));
  if (above.length === 0) return { kind: 'finished' };
  const number = Math.min(...above.map((step) => step.step_number));
  const next = above.filter((step) => step.step_number === number).sort((a, b) => (a.course_id < b.course_id ? -1 : 1));
  if (!next.every((step) => step.is_choice_point)) return { kind: 'course', course_id: next[0]!.course_id };
  const picked = pickedAt(next, choices);
  return picked ? { kind: 'course', course_id: picked } : { kind: 'choice' };
}

const isBeside = (step: Step, current: Step): boolean =>
  current.is_choice_point && current.choice_group !== null && step.choice_group === current.choice_group;

/** The course picked among these, where one was. */
const pickedAt = (steps: readonly Step[], choices: readonly PathwayChoice[]): string | undefined =>
  steps.find((step) =>
    choices.some(
      (choice) =>
        choice.pathway_id === step.pathway_id &&
        choice.choice_group === step.choice_group &&
        choice.selected_course_id === step.course_id,
    ),
  )?.course_id;

/** At a choice the chosen course counts alone; else every course of the step that must be done. */
function isStepDone(own: readonly Step[], current: Step, completed: ReadonlySet<string>): boolean {
  if (!completed.has(current.course_id)) return false;
  return own
    .filter((step) => step.step_number === current.step_number && step.is_mandatory && !current.is_choice_point)
    .every((step) => completed.has(step.course_id));
}
