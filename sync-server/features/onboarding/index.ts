import type { Feature } from '../../deps.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { addOnboardingCommands } from './commands.ts';
import { learningPathsSync } from './learning-paths.sync.ts';
import { onboardingResponsesSync } from './onboarding-responses.sync.ts';
import { processOnboarding } from './onboarding.job.ts';
import { pathwayChoicesSync } from './pathway-choices.sync.ts';
import { studentsSync } from './students.sync.ts';

/** What a new student answers, the plan made from it, and what is picked at the choices of a pathway. */
export const onboarding: Feature = {
  name: 'onboarding',
  routes: addOnboardingCommands,
  jobs: [processOnboarding],
};

export const onboardingSyncs: SyncDefinition[] = [
  studentsSync,
  onboardingResponsesSync,
  learningPathsSync,
  pathwayChoicesSync,
];
