import { notifications, syncRejections } from '#contract/tables/company.ts';
import { defineSync } from '../../sync/define-sync.ts';

/** Read and dismissed: the earliest time of any device stands, which the engine's merge sees to. */
export const notificationsSync = defineSync(notifications, {
  guard: async ({ actor }, { before, deleted }) =>
    before?.['user_id'] === actor.id && !deleted ? 'allowed' : 'not_allowed',
  plainChanges: async ({ actor }, given) =>
    given.every(({ before, deleted }) => before['user_id'] === actor.id && !deleted),
});

/** A refused change that its author has seen. */
export const syncRejectionsSync = defineSync(syncRejections, {
  guard: async ({ actor }, { before, deleted }) =>
    before?.['user_id'] === actor.id && !deleted ? 'allowed' : 'not_allowed',
});
