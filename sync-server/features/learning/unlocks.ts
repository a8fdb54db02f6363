import { courseProgress, isComplete, progressPercent, type Progress, type Tally } from '#contract/rules/progress.ts';
import { evaluateCourse } from '#contract/rules/unlocking.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { notify } from '../notifications/index.ts';
import { storeProgress, storeUnlocks, toDecision, type UnlockCause, type UnlockDecision } from './derived.ts';
import { lockProgress, readCourses, readFacts, type StoredCourseFacts } from './facts.ts';

export type RecomputeOptions = {
  /** Only these courses; left out: every course the student's enrolments lead to. */
  courseIds?: readonly string[];
  cause?: UnlockCause;
  /** False where opening is no news: the first rows of a new enrolment, a seed. */
  announce?: boolean;
};

/** A lesson that has just opened for the first time. */
export type OpenedLesson = { id: string; title: string };

/**
 * Asks the unlock rule for every lesson of a student, stores what it says, tells the student what opened, and updates
 * progress: all in the transaction of the change that caused it, whoever's transaction that is.
 * Answers the lessons that opened for the first time, in course order.
 */
export async function recomputeUnlocks(
  tx: Tx,
  deps: Pick<Deps, 'serverKey' | 'clock'>,
  userId: string,
  { courseIds, cause = 'rule', announce = true }: RecomputeOptions = {},
): Promise<OpenedLesson[]> {
  const now = deps.clock.now().toISOString();
  await lockProgress(tx, userId);
  const courses = new Map<string, StoredCourseFacts>();
  for (const courseId of courseIds ?? (await readCourses(tx, deps.serverKey, userId))) {
    const facts = await readFacts(tx, deps.serverKey, userId, courseId);
    if (facts) courses.set(courseId, facts);
  }
  const opened: OpenedLesson[] = [];
  for (const facts of courses.values()) {
    const decisions = decide(facts, now, cause);
    const stored = new Set(await storeUnlocks(tx, deps.serverKey, userId, decisions, now));
    const fresh = decisions
      .filter((decision) => stored.has(decision.lesson_id))
      .map(({ lesson_id: id }) => ({
        id,
        title: facts.lessons.find((lesson) => lesson.id === id)?.recording_title ?? '',
      }));
    if (announce) await announceOpened(tx, deps, userId, facts, fresh);
    opened.push(...fresh);
  }
  await updateProgress(tx, deps, userId, courses, now);
  return opened;
}

function decide(facts: StoredCourseFacts, now: string, cause: UnlockCause): UnlockDecision[] {
  const states = evaluateCourse({ ...facts, now });
  const decisions = [...states].map(([lessonId, state]) => {
    const waited = facts.unlocks.find((unlock) => unlock.lesson_id === lessonId)?.reason === 'drip_locked';
    return toDecision(lessonId, state, waited ? 'drip' : cause);
  });
  // A lesson that was taken out of the course must not stay open.
  const gone = facts.unlocks.filter((unlock) => unlock.is_unlocked && !states.has(unlock.lesson_id));
  const shut = { state: 'locked', reason: 'no_access', offline_openable: false } as const;
  return [...decisions, ...gone.map((unlock) => toDecision(unlock.lesson_id, shut, 'rule'))];
}

async function announceOpened(
  tx: Tx,
  deps: Pick<Deps, 'serverKey'>,
  userId: string,
  facts: StoredCourseFacts,
  lessons: readonly OpenedLesson[],
): Promise<void> {
  for (const { id: lessonId, title } of lessons) {
    await notify(tx, deps, {
      template: 'content_unlocked',
      to: userId,
      fields: { lesson: title },
      link: `lesson/${lessonId}`,
      dedupe: `unlock:${userId}:${lessonId}`,
    });
    for (const assignment of facts.assignments) {
      if (assignment.lesson_id !== lessonId || !assignment.is_active) continue;
      await notify(tx, deps, {
        template: 'assignment_unlocked',
        to: userId,
        fields: { assignment: assignment.name, lesson: title },
        link: `assignment/${assignment.id}`,
        dedupe: `assignment_unlocked:${userId}:${assignment.id}`,
      });
    }
  }
}

async function updateProgress(
  tx: Tx,
  deps: Pick<Deps, 'serverKey'>,
  userId: string,
  courses: ReadonlyMap<string, StoredCourseFacts>,
  now: string,
): Promise<void> {
  const progress = new Map([...courses].map(([id, facts]) => [id, courseProgress(facts, id)]));
  const modules = [...progress.values()].flatMap((course) =>
    [...course.modules].map(([module_id, { percent, complete }]) => ({
      module_id,
      progress_percentage: percent,
      is_completed: complete,
    })),
  );
  const ofCourse = new Map([...progress].map(([id, { course }]) => [id, course]));
  await storeProgress(tx, deps.serverKey, userId, { modules, enrolments: enrolmentProgress(courses, ofCourse) }, now);
}

/** A direct enrolment follows its course; a pathway's figure counts all of its courses and is completed by its last step. */
function enrolmentProgress(courses: ReadonlyMap<string, StoredCourseFacts>, progress: ReadonlyMap<string, Progress>) {
  const enrolments = new Map([...courses.values()].flatMap((facts) => facts.enrolments).map((row) => [row.id, row]));
  const steps = [...courses.values()].flatMap((facts) => facts.pathway_courses);
  return [...enrolments.values()].flatMap((enrolment) => {
    const ids = enrolment.course_id
      ? [enrolment.course_id]
      : [...new Set(steps.filter((step) => step.pathway_id === enrolment.pathway_id).map((step) => step.course_id))];
    const parts = ids.map((id) => progress.get(id));
    // Part of a pathway says nothing about the whole.
    if (!parts.every((part) => part !== undefined)) return [];
    const sum = parts.reduce<Tally>(addTally, { lessons: 0, watched: 0, assignments: 0, approved: 0 });
    const completed = enrolment.course_id !== null && isComplete(sum);
    return [{ id: enrolment.id, progress_percentage: progressPercent(sum), completed }];
  });
}

const addTally = (a: Tally, b: Tally): Tally => ({
  lessons: a.lessons + b.lessons,
  watched: a.watched + b.watched,
  assignments: a.assignments + b.assignments,
  approved: a.approved + b.approved,
});
