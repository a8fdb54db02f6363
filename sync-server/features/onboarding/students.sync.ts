import { students } from '#contract/tables/people.ts';
import { defineSync } from '../../sync/define-sync.ts';
import { completeOnboarding } from './complete.ts';

/** A student's own switches, and the word that onboarding is done. Fees, numbers and the outcome are the server's. */
export const studentsSync = defineSync(students, {
  guard: async ({ actor }, { before, set, deleted }) => {
    if (actor.role !== 'student' || before?.['id'] !== actor.id || deleted) return 'not_allowed';
    return set['onboarding_submitted_at'] && before['onboarding_completed'] === true ? 'closed' : 'allowed';
  },
  after: async ({ tx, deps, actor }, { after }) => {
    if (after?.['onboarding_submitted_at'] && after['onboarding_completed'] !== true)
      await completeOnboarding(tx, deps, actor.id);
  },
});
