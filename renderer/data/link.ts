import { wipeKeySchema, type WipeKey } from '#contract/api/wipe.ts';
import type { ErrorCode } from '#contract/errors.ts';
import { versionGapSchema } from '#contract/protocol.ts';
import { ApiError, NetworkError, SessionExpiredError } from '../platform/errors.ts';
import { ApplyError } from './apply.ts';
import { backoff, linkBackoff, restAfter } from './backoff.ts';
import type { Core } from './core.ts';
import { readMark } from './device-database.ts';
import { BrokenStreamError, readFrames } from './frames.ts';
import { createPullSession, usableCheckpoint, type Bye, type PullEvents } from './pull.ts';
import { cell, type Cell } from './store.ts';
import type { SyncRequests } from './sync-requests.ts';

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

export type LinkParts = {
  core: Core;
  requests: SyncRequests;
  events: PullEvents & {
    bytes(count: number): void;
    trouble(error: unknown): void;
    wipeDue(key: WipeKey | null): void;
  };
  expired: () => boolean;
  /** Asks for a fresh token, by which the session learns that it has ended. */
  reauthorize: () => Promise<unknown>;
  silenceMs: number;
  /** Waits, or until `signal` says to go on at once. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  now: () => number;
  random: () => number;
};

/** What a refusal depends on changes seldom: a sign-in kicks the link itself, an update restarts the app. */
const refusedBackoff = { first: 30_000, most: 300_000 };

/** The one connection of this device: catches up from the stored checkpoint and stays live. */
export type Link = {
  state: Cell<LinkState>;
  /** Runs until `close`. */
  run(): Promise<void>;
  /** Tries at once where it waits; `anew` also drops a connection that may be dead (sleep, another network). */
  kick(options?: { anew?: boolean }): void;
  /** Does something while there is no connection, so that no checkpoint of before is stored meanwhile; then connects anew. */
  apart(work: () => Promise<void>): Promise<void>;
  /** Ends the current connection; the next one starts from the stored checkpoint. */
  close(): void;
};

export function createLink({
  core,
  requests,
  events,
  expired,
  reauthorize,
  silenceMs,
  sleep,
  now,
  random,
}: LinkParts): Link {
  const state = cell<LinkState>({ s: 'starting' });
  const closed = new AbortController();
  let connection = new AbortController();
  let nap = new AbortController();
  let tries = 0;
  let active: Promise<unknown> = Promise.resolve();
  let pause: Promise<void> | null = null;

  /** Resolves to the time to wait before connecting again. */
  async function connectOnce(): Promise<number> {
    connection = new AbortController();
    const signal = AbortSignal.any([closed.signal, connection.signal]);
    const mark = await readMark(core.device);
    const asked = usableCheckpoint(mark);
    // A first sync is a pull, which may be compressed and says when the app can start; the stream follows from its checkpoint.
    if (!mark.complete || asked === null) {
      const body = await requests.pull(asked, signal);
      state.set({ s: 'catching-up' });
      return follow(body, asked, false);
    }
    const body = await requests.stream(asked, signal);
    if (state.get().s !== 'live') state.set({ s: 'catching-up' });
    return follow(body, asked, true);
  }

  async function follow(body: ReadableStream<Uint8Array>, asked: string | null, streaming: boolean): Promise<number> {
    const session = createPullSession(core, asked, streaming, events);
    let complete = false;
    for await (const frame of readFrames(body, silenceMs, events.bytes)) {
      const outcome = await session.take(frame);
      if (outcome === 'checkpoint') {
        tries = 0;
        complete = true;
        if (!streaming) return 0;
        state.set({ s: 'live' });
      }
      if (typeof outcome === 'object') return pauseAfter(outcome);
    }
    throw new BrokenStreamError(complete ? 'the connection ended' : 'the answer ended without a checkpoint');
  }

  /** `replaced` means another window of this person took over: do not fight with it. A server that stops says when to come. */
  const pauseAfter = ({ bye, retryIn }: Bye): number => {
    if (bye === 'replaced') return linkBackoff.most;
    return retryIn === null ? backoff(0, linkBackoff, random) : Math.min(retryIn, linkBackoff.most);
  };

  async function run(): Promise<void> {
    while (!closed.signal.aborted) {
      if (expired()) {
        state.set({ s: 'refused', code: 'AUTH_REQUIRED' });
        await rest(linkBackoff.most);
        continue;
      }
      try {
        if (pause) await pause;
        const connected = connectOnce();
        active = connected;
        const wait = await connected;
        if (wait > 0) await rest(wait);
      } catch (error) {
        if (closed.signal.aborted) return;
        await afterFailure(error);
      }
    }
  }

  async function afterFailure(error: unknown): Promise<void> {
    // Asked to connect anew: that was no failure.
    if (connection.signal.aborted) return;
    if (error instanceof SessionExpiredError) return;
    if (error instanceof ApplyError) events.trouble(error);
    else if (error instanceof ApiError && error.code !== 'RATE_LIMIT_EXCEEDED') {
      const gap = versionGapSchema.safeParse(error.details);
      state.set({ s: 'refused', code: error.code, ...(gap.success ? { behind: gap.data.behind } : {}) });
      if (error.code === 'WIPE_DUE') events.wipeDue(keyIn(error.details));
      // Whether the session is over is for /auth/v1 to say; a refresh asks it.
      if (error.code === 'AUTH_REQUIRED' || error.code === 'LOGIN_BLOCKED') await reauthorize().catch(() => undefined);
      return rest(backoff(tries++, refusedBackoff, random));
    } else if (!(error instanceof NetworkError) && !(error instanceof ApiError)) events.trouble(error);
    // Too many at once is no refusal: the server says when there will be room.
    const asked = error instanceof NetworkError || error instanceof ApiError ? error.retryAfter : null;
    const wait = restAfter(tries, linkBackoff, asked, random);
    tries += 1;
    const answered =
      error instanceof ApiError ||
      (error instanceof NetworkError && error.answered && !(error instanceof BrokenStreamError));
    state.set({ s: 'down', answered, nextTryAt: now() + wait });
    await rest(wait);
  }

  async function rest(ms: number): Promise<void> {
    nap = new AbortController();
    await sleep(ms, AbortSignal.any([nap.signal, closed.signal]));
  }

  return {
    state,
    run,
    kick({ anew = false } = {}) {
      nap.abort();
      if (anew) connection.abort(new NetworkError('connecting anew'));
    },
    async apart(work) {
      let resume = (): void => undefined;
      pause = new Promise((resolve) => (resume = resolve));
      connection.abort(new NetworkError('connecting anew'));
      await active.catch(() => undefined);
      try {
        await work();
      } finally {
        pause = null;
        resume();
        nap.abort();
      }
    },
    close() {
      closed.abort(new NetworkError('closed'));
      connection.abort(new NetworkError('closed'));
    },
  };
}

/** A device that was never greeted before its data was to be wiped learns the key for orders from the refusal. */
const keyIn = (details: unknown): WipeKey | null =>
  wipeKeySchema.safeParse((details as { wipe_key?: unknown } | null)?.wipe_key).data ?? null;
