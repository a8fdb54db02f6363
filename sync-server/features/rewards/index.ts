import type { Feature } from '../../deps.ts';
import { awardCommands } from './award-commands.ts';
import { buildLeaderboardJob } from './build-leaderboard.job.ts';
import { catalogueCommands } from './catalogue-commands.ts';
import { certificateCommands } from './certificate-commands.ts';
import { sweepRewards } from './sweep.job.ts';
import { verifyRoute } from './verify-route.ts';

export { buildLeaderboard } from './build-leaderboard.job.ts';
export { issueEarned, revokeCertificatesOfEnrolment } from './certificates.ts';
export { awardReached, type MilestoneEvent } from './milestones.ts';

/** Milestones, badges, certificates and the ranking. */
export const rewards: Feature = {
  name: 'rewards',
  routes: (app, deps) => {
    catalogueCommands(app, deps);
    awardCommands(app, deps);
    certificateCommands(app, deps);
    verifyRoute(app, deps);
  },
  jobs: [buildLeaderboardJob, sweepRewards],
};
