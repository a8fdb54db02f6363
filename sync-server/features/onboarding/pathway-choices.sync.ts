import { canChoose } from '#contract/rules/choosing.ts';
import { pathwayChoiceSelections } from '#contract/tables/onboarding.ts';
import { defineSync } from '../../sync/define-sync.ts';
import { lockProgress, recomputeUnlocks } from '../learning/index.ts';
import { readChoice } from './facts.ts';

/** What a student picks at a choice of a pathway; it stands once a lesson of the course is watched (workflows 3.31). */
export const pathwayChoicesSync = defineSync(pathwayChoiceSelections, {
  guard: async ({ tx, actor, deps }, { before, set }) => {
    const row = { ...before, ...set };
    if (actor.role !== 'student' || row['student_id'] !== actor.id) return 'not_allowed';
    await lockProgress(tx, actor.id);
    const choice = {
      studentId: actor.id,
      pathwayId: row['pathway_id'] as string,
      group: row['choice_group'] as number,
    };
    return canChoose(await readChoice(tx, deps.serverKey, choice), row['selected_course_id'] as string);
  },
  // Where the pathway stands at the choice, it moves on to the course.
  after: async ({ tx, deps, actor }) => void (await recomputeUnlocks(tx, deps, actor.id)),
});
