import { nextMove } from '#contract/rules/pathways.ts';
import { courseProgress, isComplete, progressPercent, type Progress, type Tally } from '#contract/rules/progress.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { advancePathway, storeProgress, type EnrolmentProgress } from './derived.ts';
import type { StoredCourseFacts } from './facts.ts';

type Courses = ReadonlyMap<string, StoredCourseFacts>;
type Enrolment = StoredCourseFacts['enrolments'][number];

/**
 * Stores the roll-ups of modules and enrolments, and moves pathways on whose current course is completed.
 * Answers whether one now stands at another course, whose lessons have to be decided anew, and which enrolments were completed.
 */
export async function updateProgress(
  tx: Tx,
  deps: Pick<Deps, 'serverKey'>,
  userId: string,
  courses: Courses,
  now: string,
): Promise<{ movedOn: boolean; completed: string[] }> {
  const progress = new Map([...courses].map(([id, facts]) => [id, courseProgress(facts, id)]));
  const modules = [...progress.values()].flatMap((course) =>
    [...course.modules].map(([module_id, { percent, complete }]) => ({
      module_id,
      progress_percentage: percent,
      is_completed: complete,
    })),
  );
  const ofCourse = new Map([...progress].map(([id, { course }]) => [id, course]));
  const steps = [...courses.values()].flatMap((facts) => facts.pathway_courses);
  const choices = [...courses.values()].flatMap((facts) => facts.choices);
  const finished = new Set([...ofCourse].filter(([, { complete }]) => complete).map(([id]) => id));
  const enrolments: EnrolmentProgress[] = [];
  let movedOn = false;
  for (const enrolment of enrolmentsOf(courses)) {
    const sum = sumOf(enrolment, steps, ofCourse);
    // Part of a pathway says nothing about the whole.
    if (!sum) continue;
    const move = nextMove(enrolment, steps, finished, choices);
    if (move.kind === 'course' || move.kind === 'choice') {
      const next = move.kind === 'course' ? move.course_id : null;
      const isMoved = await advancePathway(tx, deps.serverKey, enrolment.id, next);
      movedOn ||= isMoved && next !== null;
    }
    const isDone = enrolment.course_id ? isComplete(sum) : move.kind === 'finished';
    enrolments.push({ id: enrolment.id, progress_percentage: progressPercent(sum), completed: isDone });
  }
  const completed = await storeProgress(tx, deps.serverKey, userId, { modules, enrolments }, now);
  return { movedOn, completed };
}

const enrolmentsOf = (courses: Courses): Iterable<Enrolment> =>
  new Map([...courses.values()].flatMap((facts) => facts.enrolments).map((row) => [row.id, row])).values();

/** A direct enrolment follows its course; a pathway's figure counts all of its courses. */
function sumOf(
  enrolment: Enrolment,
  steps: StoredCourseFacts['pathway_courses'],
  progress: ReadonlyMap<string, Progress>,
): Tally | null {
  const ids = enrolment.course_id
    ? [enrolment.course_id]
    : new Set(steps.filter((step) => step.pathway_id === enrolment.pathway_id).map((step) => step.course_id));
  const sum = { lessons: 0, watched: 0, assignments: 0, approved: 0 };
  for (const id of ids) {
    const part = progress.get(id);
    if (!part) return null;
    for (const key of ['lessons', 'watched', 'assignments', 'approved'] as const) sum[key] += part[key];
  }
  return sum;
}
