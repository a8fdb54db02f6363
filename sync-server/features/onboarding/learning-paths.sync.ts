import { learningPaths } from '#contract/tables/onboarding.ts';
import { defineSync } from '../../sync/define-sync.ts';

/** The student accepts the newest plan or asks for another; what is in it others say. */
export const learningPathsSync = defineSync(learningPaths, {
  guard: async ({ tx, actor }, { before, set }) => {
    if (actor.role !== 'student' || before?.['student_id'] !== actor.id) return 'not_allowed';
    if (set['status'] === 'proposed') return 'invalid';
    const { rowCount: newer } = await tx.query('select from learning_paths where student_id = $1 and version > $2', [
      actor.id,
      before['version'],
    ]);
    return newer ? 'stale' : 'allowed';
  },
});
