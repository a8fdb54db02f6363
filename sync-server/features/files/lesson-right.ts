import { isStaff, type Actor } from '#contract/roles.ts';
import { isRestricted, type AccessCause } from '#contract/rules/access.ts';
import type { User } from '#contract/tables/people.ts';
import type { Tx } from '../../db/sql.ts';

/**
 * What a person may do with a lesson's media and files at this moment.
 * `open`: play and keep · `ahead`: keep as ciphertext, its sole missing condition is the student's own · `locked` · `restricted`:
 * the account is limited · `absent`: there is nothing this person may know of.
 */
export type LessonRight = 'open' | 'ahead' | 'locked' | 'restricted' | 'absent';

/** Asks as the person (`tx` runs under their role), on every request: nothing of this is remembered or put into a token. */
export async function findLessonRight(tx: Tx, actor: Actor, lessonId: string): Promise<LessonRight> {
  if (actor.role === 'enrollment_manager') return 'absent';
  const { rowCount: seen } = await tx.query('select from available_lessons where id = $1 and not is_deleted', [
    lessonId,
  ]);
  if (!seen) return 'absent';
  if (actor.role === 'student') return findStudentRight(tx, actor, lessonId);
  // A mentor sees the lessons of every course in the catalogue, but their media only where he covers the course.
  const { rowCount: covered } = await tx.query('select from lesson_media where id = $1 and not is_deleted', [lessonId]);
  return covered || isStaff(actor.role) ? 'open' : 'locked';
}

async function findStudentRight(tx: Tx, actor: Actor, lessonId: string): Promise<LessonRight> {
  const { rows } = await tx.query<Facts>(
    `select u.lms_status, u.lms_status_reason, s.fees_cleared,
            coalesce(k.is_unlocked, false) as is_unlocked, coalesce(k.offline_openable, false) as offline_openable
     from users u
     join students s on s.id = u.id
     left join user_unlocks k on k.user_id = u.id and k.lesson_id = $2 and not k.is_deleted
     where u.id = $1`,
    [actor.id, lessonId],
  );
  const facts = rows[0];
  if (!facts) return 'absent';
  if (facts.lms_status === 'inactive' || isRestricted(facts)) return 'restricted';
  if (facts.is_unlocked) return 'open';
  return facts.offline_openable ? 'ahead' : 'locked';
}

type Facts = {
  lms_status: User['lms_status'];
  lms_status_reason: AccessCause | null;
  fees_cleared: boolean;
  is_unlocked: boolean;
  offline_openable: boolean;
};
