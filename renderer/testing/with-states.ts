import { cell } from '../data/store.ts';
import type { PendingItem, Problem, Replica, SyncState } from '../data/types.ts';

/** The replica as it is, with a sync state of the test's choosing: for screens that only show it. */
export const withStates = (
  replica: Replica,
  states: { sync?: Partial<SyncState>; pending?: PendingItem[]; problems?: Problem[] },
): Replica => ({
  ...replica,
  ...(states.sync ? { syncState: cell({ ...replica.syncState.get(), ...states.sync }) } : {}),
  ...(states.pending ? { pending: cell(states.pending) } : {}),
  ...(states.problems ? { problems: cell(states.problems) } : {}),
});
