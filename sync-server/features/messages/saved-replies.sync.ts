import { savedReplies } from '#contract/tables/messages.ts';
import { defineSync } from '../../sync/define-sync.ts';

/** Texts that somebody of the team writes often: the own ones, made, changed and removed at will. */
export const savedRepliesSync = defineSync(savedReplies, {
  guard: async ({ actor }, { before, set }) => {
    if (actor.role === 'student' || actor.role === 'enrollment_manager') return 'not_allowed';
    return (before ?? set)['owner_id'] === actor.id ? 'allowed' : 'not_allowed';
  },
  plainChanges: async ({ actor }, given) =>
    actor.role !== 'student' &&
    actor.role !== 'enrollment_manager' &&
    given.every(({ before }) => before['owner_id'] === actor.id),
});
