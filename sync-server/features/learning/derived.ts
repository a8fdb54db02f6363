import type { LessonState } from '#contract/rules/unlocking.ts';
import type { UserUnlock } from '#contract/tables/learning.ts';
import type { Tx } from '../../db/sql.ts';

/** Typed wrappers of the `server_*` functions this feature writes through. `key` proves that this program is calling. */

/** What happened right before a recomputation; it becomes the source of the lessons it opens. */
export type UnlockCause = Extract<UserUnlock['source'], 'completion' | 'rating' | 'approval' | 'drip' | 'rule'>;

export type UnlockDecision = Pick<
  UserUnlock,
  'lesson_id' | 'is_unlocked' | 'reason' | 'source' | 'available_at' | 'blocking_lesson_id' | 'offline_openable'
>;

/** Decisions in the shape the database keeps them. */
export function toDecision(lessonId: string, state: LessonState, cause: UnlockCause): UnlockDecision {
  return {
    lesson_id: lessonId,
    is_unlocked: state.state === 'open',
    reason: state.reason,
    source: sourceOf(state, cause),
    available_at: state.available_at ?? null,
    blocking_lesson_id: state.blocking?.lesson_id ?? null,
    offline_openable: state.offline_openable,
  };
}

function sourceOf(state: LessonState, cause: UnlockCause): UserUnlock['source'] {
  if (state.state === 'locked') return 'rule';
  switch (state.reason) {
    case 'first_lesson':
      return 'first_lesson';
    case 'drip_bypass':
      return 'bypass';
    case 'manually_unlocked':
      return 'manual';
    case 'already_watched':
      return 'completion';
    case 'sequential_off':
    case 'requirements_met':
      return cause;
  }
}

/** Answers the lessons that opened for the first time. */
export async function storeUnlocks(
  tx: Tx,
  key: string,
  userId: string,
  decisions: readonly UnlockDecision[],
  decidedAt: string,
): Promise<string[]> {
  if (decisions.length === 0) return [];
  const { rows } = await tx.query<{ id: string }>('select server_store_unlocks($1, $2, $3::jsonb, $4) as id', [
    key,
    userId,
    JSON.stringify(decisions),
    decidedAt,
  ]);
  return rows.map((row) => row.id);
}

export type ModuleProgress = { module_id: string; progress_percentage: number; is_completed: boolean };
export type EnrolmentProgress = { id: string; progress_percentage: number; completed: boolean };

/** Answers the enrolments that were completed by this. */
export async function storeProgress(
  tx: Tx,
  key: string,
  userId: string,
  progress: { enrolments: readonly EnrolmentProgress[]; modules: readonly ModuleProgress[] },
  decidedAt: string,
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    'select server_store_progress($1, $2, $3::jsonb, $4::jsonb, $5) as id',
    [key, userId, JSON.stringify(progress.enrolments), JSON.stringify(progress.modules), decidedAt],
  );
  return rows.map((row) => row.id);
}

/** Keeps what the server believes of a view; true when the lesson became watched by it. */
export async function storeView(
  tx: Tx,
  key: string,
  view: {
    userId: string;
    lessonId: string;
    seconds: number;
    watched: boolean;
    seenAt: string;
    ranges: readonly (readonly [number, number])[];
  },
): Promise<boolean> {
  const { rows } = await tx.query<{ became: boolean }>(
    'select server_store_view($1, $2, $3, $4, $5, $6, $7::jsonb) as became',
    [key, view.userId, view.lessonId, view.seconds, view.watched, view.seenAt, JSON.stringify(view.ranges)],
  );
  return rows[0]!.became;
}

/** Counts a lesson as watched because its work was handed in; true when it was not before. */
export async function markLessonWatched(
  tx: Tx,
  key: string,
  userId: string,
  lessonId: string,
  seenAt: string,
): Promise<boolean> {
  const { rows } = await tx.query<{ became: boolean }>('select server_mark_watched($1, $2, $3, $4) as became', [
    key,
    userId,
    lessonId,
    seenAt,
  ]);
  return rows[0]!.became;
}

/** Points an active pathway enrolment at its next course, or marks that one must be chosen (null); true when that is new. */
export async function advancePathway(
  tx: Tx,
  key: string,
  enrolmentId: string,
  nextCourse: string | null,
): Promise<boolean> {
  const { rows } = await tx.query<{ moved: boolean }>('select server_advance_pathway($1, $2, $3) as moved', [
    key,
    enrolmentId,
    nextCourse,
  ]);
  return rows[0]!.moved;
}
