import type { PathwayChoice } from '#contract/rules/pathways.ts';
import type { CourseFacts } from '#contract/rules/unlocking.ts';
import type { LockReason, OpenReason } from '#contract/rules/unlock-reasons.ts';
import type { UserUnlock } from '#contract/tables/learning.ts';
import type { Tx } from '../../db/sql.ts';

/** What `server_course_facts` knows of one student and course: the rule's input, and the decisions stored so far. */
export type StoredCourseFacts = Omit<
  CourseFacts,
  'now' | 'assignments' | 'settings' | 'enrolments' | 'pathway_courses'
> & {
  settings: CourseFacts['settings'] & { watch_complete_percent: number };
  assignments: (CourseFacts['assignments'][number] & { name: string })[];
  enrolments: (CourseFacts['enrolments'][number] & { awaiting_choice: boolean })[];
  pathway_courses: (CourseFacts['pathway_courses'][number] & { choice_group: number | null; is_mandatory: boolean })[];
  choices: PathwayChoice[];
  unlocks: {
    lesson_id: string;
    is_unlocked: boolean;
    unlocked_at: string | null;
    reason: LockReason | OpenReason | null;
  }[];
};

/**
 * Lets work on one student's progress go one after the other until the transaction ends: two commits that each saw half
 * of it would leave a lesson shut. Taken before any row of the student's work is locked, so that nobody waits in a circle.
 */
export async function lockProgress(tx: Tx, userId: string): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('user_unlocks:' || $1::text, 0))", [userId]);
}

export async function readCourses(tx: Tx, key: string, userId: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>('select server_student_courses($1, $2) as id', [key, userId]);
  return rows.map((row) => row.id);
}

/** Null when the course is gone or the person is no student. */
export async function readFacts(
  tx: Tx,
  key: string,
  userId: string,
  courseId: string,
): Promise<StoredCourseFacts | null> {
  const { rows } = await tx.query<{ facts: StoredCourseFacts | null }>(
    'select server_course_facts($1, $2, $3) as facts',
    [key, userId, courseId],
  );
  const facts = rows[0]?.facts;
  return facts?.student ? facts : null;
}

/** What decides whether a report of watching is believed. */
export type WatchFacts = {
  has_media: boolean;
  duration_seconds: number | null;
  watch_complete_percent: number;
  unlocked_at: string | null;
  /** What opened it first. */
  source: UserUnlock['source'];
  available_at: string | null;
  offline_openable: boolean;
  watched: boolean;
};

/** Null when there is no such lesson or nothing was ever decided about it for this student. */
export async function readWatchFacts(
  tx: Tx,
  key: string,
  userId: string,
  lessonId: string,
): Promise<WatchFacts | null> {
  const { rows } = await tx.query<{ facts: WatchFacts | null }>('select server_watch_facts($1, $2, $3) as facts', [
    key,
    userId,
    lessonId,
  ]);
  return rows[0]?.facts ?? null;
}
