import type { ErrorCode } from '#contract/errors.ts';

/**
 * - `starting`: not yet spoken to the server. `catching-up`: it answers; older changes are still coming.
 * - `live`: caught up, the stream is open. `down`: no connection; `answered` = something answered, but not our server.
 * - `refused`: the session is over or this app does not fit the server; only a new sign-in or an update helps. `behind`: who has
 *   to be updated.
 */
export type LinkState =
  | { s: 'starting' }
  | { s: 'catching-up' }
  | { s: 'live' }
  | { s: 'down'; answered: boolean; nextTryAt: number }
  | { s: 'refused'; code: ErrorCode; behind?: 'app' | 'server' };

/** An app too old to pull may still push, so that no work is stranded on it. */
export const mayPush = (state: LinkState): boolean =>
  state.s === 'live' || state.s === 'catching-up' || (state.s === 'refused' && state.code === 'UPGRADE_REQUIRED');
