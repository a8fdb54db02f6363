import { evaluateCourse } from '#contract/rules/unlocking.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { notify } from '../notifications/index.ts';
import { awardReached, issueEarned } from '../rewards/index.ts';
import { storeUnlocks, toDecision, type UnlockCause, type UnlockDecision } from './derived.ts';
import { lockProgress, readCourses, readFacts, type StoredCourseFacts } from './facts.ts';
import { updateProgress } from './progress.ts';

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
  const { movedOn, completed } = await updateProgress(tx, deps, userId, courses, now);
  if (completed.length > 0) {
    await issueEarned(tx, deps, userId, { announce });
    await awardReached(tx, deps, userId, 'course_completed', { announce });
  }
  // A pathway that moved on opens its next course; each round stands one step further, so there is a last one.
  return movedOn ? [...opened, ...(await recomputeUnlocks(tx, deps, userId, { courseIds, cause, announce }))] : opened;
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
