import type { Clock } from '../platform/clock.ts';
import { ApiError, NetworkError, SessionExpiredError } from '../platform/errors.ts';
import { checkReplica } from './check.ts';
import type { Core } from './core.ts';
import { purgeDeleted } from './purge.ts';
import type { FactKeeper } from './sync-facts.ts';
import type { SyncRequests } from './sync-requests.ts';

const dayMs = 86_400_000;

type Parts = {
  core: Core;
  requests: SyncRequests;
  facts: FactKeeper;
  clock: Clock;
  trouble: (error: unknown) => void;
  signal: AbortSignal;
};

const isPassing = (error: unknown): boolean =>
  error instanceof NetworkError || error instanceof ApiError || error instanceof SessionExpiredError;

export type DailyCheck = {
  /** Runs the check once a day, and after a write that failed; call at every checkpoint. */
  run(): Promise<void>;
  /** Resolves when none is under way: what it repairs must not meet a replica that is closed. */
  ended(): Promise<void>;
};

export function createDailyCheck({ core, requests, facts, clock, trouble, signal }: Parts): DailyCheck {
  let underWay: Promise<void> | null = null;

  async function checkWhereDue(): Promise<void> {
    const { mark } = facts.get();
    if (!mark.complete) return;
    const at = clock.stamp();
    // A set that has just come whole needs no check; the day is counted from here.
    if (mark.last_check_at === null && !mark.check_due) return facts.setMark({ last_check_at: at.toISOString() });
    const due = mark.check_due || at.getTime() - Date.parse(mark.last_check_at ?? '') > dayMs;
    if (!due) return;
    try {
      const repaired = await checkReplica(core, (request) => requests.check(request, signal), signal);
      if (repaired > 0) trouble(new Error(`the check put ${repaired} rows right`));
      await facts.setMark({ check_due: false, last_check_at: at.toISOString() });
      await purgeDeleted(core, signal);
    } catch (error) {
      // No answer, no session, or a replica that is being closed: the next checkpoint tries again.
      if (!isPassing(error) && !signal.aborted) throw error;
    }
  }

  return {
    async run() {
      if (underWay) return;
      underWay = checkWhereDue();
      await underWay.finally(() => (underWay = null));
    },
    // How it went is told where it was begun.
    ended: async () => void (await underWay?.catch(() => undefined)),
  };
}
