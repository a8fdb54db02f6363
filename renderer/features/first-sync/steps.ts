import type { SyncState } from '../../data/index.ts';

export type StepId = 'account' | 'essentials' | 'rest';

/**
 * The three stages that the server's stream really has: it answered (account), the essential families are complete
 * (`ready`), everything is here.
 */
export const stepsOf = (
  progress: SyncState['progress'],
  complete: boolean,
): { id: StepId; state: 'done' | 'current' | 'waiting' }[] => {
  const reached = complete ? 3 : progress?.ready ? 2 : progress && progress.expected !== null ? 1 : 0;
  const ids: StepId[] = ['account', 'essentials', 'rest'];
  return ids.map((id, index) => ({ id, state: index < reached ? 'done' : index === reached ? 'current' : 'waiting' }));
};
