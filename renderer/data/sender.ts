import { ApiError, NetworkError, SessionExpiredError } from '../platform/errors.ts';
import { ApplyError } from './apply.ts';
import { restAfter, unansweredBackoff, writeBackoff } from './backoff.ts';
import { cell, type Cell } from './store.ts';

export type SenderParts = {
  /** Sends as much as one request takes; `idle` = nothing may be sent now. */
  work: (signal: AbortSignal) => Promise<'sent' | 'idle'>;
  /** False while there is no connection or session: do not even try. */
  open: () => boolean;
  /** When something that waits may be tried again, ms since 1970; null = nothing waits. */
  dueAt: () => number | null;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  now: () => number;
  random: () => number;
  onTrouble: (error: unknown) => void;
};

/** Sends what waits, one request after the other, and rests when there is nothing or when the server cannot take it. */
export type Sender = {
  busy: Cell<boolean>;
  nextTryAt: Cell<number | null>;
  /** What there is to send now leaves at once: there is a connection, nothing is on its way and nothing has just failed. */
  isFree(): boolean;
  run(): Promise<void>;
  /** Tries at once, also where it waits after a failure. */
  kick(): void;
  /** Tries at once, but a wait after a failure stays: a person who types must not hammer a server that is down. */
  nudge(): void;
  close(): void;
};

/** A rest that only a kick ends. */
const idleMs = 3_600_000;
/**
 * So many unanswered tries are followed by the next at once. It is only tried while the line is open, so the server is there; and what
 * cuts one request cuts the other that is on its way with it.
 */
const atOnce = 2;
/** Why a rest ends. Without a reason of ours each end would make an error, with the stack it was made at. */
const woken = 'woken';

export function createSender({ work, open, dueAt, sleep, now, random, onTrouble }: SenderParts): Sender {
  const busy = cell(false);
  const nextTryAt = cell<number | null>(null);
  const closed = new AbortController();
  let nap = new AbortController();
  let kicked = false;
  let nudged = false;
  let tries = 0;
  /** Tries without an answer since the last that went through. */
  let unanswered = 0;
  let failing = false;

  async function rest(ms: number): Promise<void> {
    if (kicked || (nudged && !failing)) return;
    nap = new AbortController();
    await sleep(ms, AbortSignal.any([nap.signal, closed.signal]));
  }

  async function once(): Promise<void> {
    kicked = false;
    nudged = false;
    if (!open()) return rest(idleMs);
    try {
      busy.set(true);
      const outcome = await work(closed.signal);
      tries = 0;
      if (outcome === 'sent') unanswered = 0;
      failing = false;
      nextTryAt.set(null);
      if (outcome === 'sent') return;
    } catch (error) {
      if (closed.signal.aborted) return;
      return await afterFailure(error);
    } finally {
      busy.set(false);
    }
    const due = dueAt();
    if (due !== null) nextTryAt.set(due);
    await rest(due === null ? idleMs : Math.max(due - now(), 50));
  }

  async function afterFailure(error: unknown): Promise<void> {
    busy.set(false);
    const expected =
      error instanceof NetworkError ||
      error instanceof ApiError ||
      error instanceof SessionExpiredError ||
      error instanceof ApplyError;
    if (!expected) onTrouble(error);
    const asked = error instanceof NetworkError || error instanceof ApiError ? error.retryAfter : null;
    const isUnanswered = error instanceof NetworkError && !error.answered;
    unanswered = isUnanswered ? unanswered + 1 : Infinity;
    const isAtOnce = unanswered <= atOnce;
    const wait = isAtOnce ? 0 : restAfter(tries, isUnanswered ? unansweredBackoff : writeBackoff, asked, random);
    if (!isAtOnce) tries += 1;
    failing = true;
    nextTryAt.set(now() + wait);
    await rest(wait);
  }

  const kick = (): void => {
    kicked = true;
    nap.abort(woken);
  };

  return {
    busy,
    nextTryAt,
    isFree: () => open() && !busy.get() && !failing && !kicked && !nudged,
    async run() {
      while (!closed.signal.aborted) await once();
    },
    kick,
    nudge() {
      nudged = true;
      if (!failing) nap.abort(woken);
    },
    close() {
      closed.abort(new NetworkError('closed'));
    },
  };
}
