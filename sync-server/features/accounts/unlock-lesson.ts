import { lessonUnlockSchema, unlockLessonSchema } from '#contract/api/accounts.ts';
import { AppError } from '../../http/errors.ts';
import { lockProgress, recomputeUnlocks } from '../learning/index.ts';
import { lockStudent } from './person.ts';
import { auditStaff, defineStaffCommand, type StaffCall } from './staff-command.ts';

const roles = ['admin', 'superadmin'] as const;
type Unlocked = { user_id: string; lesson_id: string; is_unlocked: boolean; lesson_reason: string };

/** Opens a lesson by hand (workflows 3.19): past drip and order, never past fees or a suspension, which the rule still asks. */
export const unlockLesson = defineStaffCommand({
  name: 'unlock-lesson',
  summary: 'Open a lesson to a student by hand',
  input: unlockLessonSchema,
  output: lessonUnlockSchema,
  roles,
  once: async (call, { user_id, lesson_id, reason }) => {
    const { tx, deps, actor } = call;
    await lockStudent(tx, user_id);
    await requireReach(call, user_id, lesson_id);
    await lockProgress(tx, user_id);
    const { rows } = await tx.query<{ source: string | null }>(
      `insert into user_unlocks as k (user_id, lesson_id, is_unlocked, source, reason, unlocked_by)
       values ($1, $2, false, 'manual', 'no_access', $3)
       on conflict (user_id, lesson_id) do update set source = 'manual', unlocked_by = $3, is_deleted = false
       returning (select o.source from user_unlocks o where o.user_id = $1 and o.lesson_id = $2) as source`,
      [user_id, lesson_id, actor.id],
    );
    await recomputeUnlocks(tx, deps, user_id);
    const data = { lesson_id, before: { source: rows[0]!.source }, after: { source: 'manual' }, reason };
    await auditStaff(call, { entity: 'lesson', id: lesson_id, action: 'admin_override_unlock', about: user_id, data });
    return readUnlock(call, user_id, lesson_id);
  },
});

/** Takes a manual unlock back, as long as the lesson was not watched. */
export const relockLesson = defineStaffCommand({
  name: 'remove-manual-unlock',
  summary: 'Take back a lesson that was opened by hand',
  input: unlockLessonSchema,
  output: lessonUnlockSchema,
  roles,
  once: async (call, { user_id, lesson_id, reason }) => {
    const { tx, deps } = call;
    await lockStudent(tx, user_id);
    await lockProgress(tx, user_id);
    const watched = await tx.query('select from recording_views where user_id = $1 and lesson_id = $2 and watched', [
      user_id,
      lesson_id,
    ]);
    if (watched.rowCount) throw new AppError('CONFLICT', { message: 'The lesson was watched; it stays open.' });
    const { rowCount } = await tx.query(
      `update user_unlocks set source = 'rule', unlocked_by = null where user_id = $1 and lesson_id = $2 and source = 'manual' and not is_deleted`,
      [user_id, lesson_id],
    );
    if (!rowCount) throw new AppError('NOT_FOUND');
    await recomputeUnlocks(tx, deps, user_id);
    const data = { lesson_id, before: { source: 'manual' }, after: { source: 'rule' }, reason };
    await auditStaff(call, { entity: 'lesson', id: lesson_id, action: 'admin_override_relock', about: user_id, data });
    return readUnlock(call, user_id, lesson_id);
  },
});

/** The lesson must lie in a course the student's enrolments lead to; the rule could not open it otherwise. */
async function requireReach({ tx, deps }: StaffCall, student: string, lesson: string): Promise<void> {
  const { rowCount } = await tx.query(
    `select from available_lessons l join modules m on m.id = l.module_id
     where l.id = $2 and not l.is_deleted and not m.is_deleted and m.course_id in (select server_student_courses($3, $1))`,
    [student, lesson, deps.serverKey],
  );
  if (!rowCount) throw new AppError('NOT_FOUND');
}

async function readUnlock({ tx }: StaffCall, student: string, lesson: string): Promise<Unlocked> {
  const { rows } = await tx.query<Unlocked>(
    'select user_id, lesson_id, is_unlocked, reason as lesson_reason from user_unlocks where user_id = $1 and lesson_id = $2',
    [student, lesson],
  );
  return rows[0]!;
}
