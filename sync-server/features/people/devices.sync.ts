import { devices } from '#contract/tables/people.ts';
import { defineSync } from '../../sync/define-sync.ts';

/** A person names the own devices; registering and signing out are commands. */
export const devicesSync = defineSync(devices, {
  guard: async ({ actor }, { before, set, deleted }) => {
    if (deleted || before?.['user_id'] !== actor.id) return 'not_allowed';
    return (set['label'] as string | undefined)?.trim() === '' ? 'invalid' : 'allowed';
  },
});
