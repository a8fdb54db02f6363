import { wipeKeySchema, type WipeKey } from '#contract/api/wipe.ts';
import { ApiError, NetworkError, SessionExpiredError } from '../platform/errors.ts';
import { linkBackoff } from './backoff.ts';
import { connect, type ConnectionParts } from './connect.ts';
import type { LinkState } from './link-state.ts';
import { isRefusal, waitAfterBye, waitAfterFailure, waitAfterRefusal } from './link-waits.ts';
import { cell, type Cell } from './store.ts';

export type LinkParts = Omit<ConnectionParts, 'events'> & {
  events: ConnectionParts['events'] & {
    trouble(error: unknown): void;
    wipeDue(key: WipeKey | null): void;
  };
  expired: () => boolean;
  /** Asks for a fresh token, by which the session learns that it has ended. */
  reauthorize: () => Promise<unknown>;
  /** Waits, or until `signal` says to go on at once. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  now: () => number;
  random: () => number;
};

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

export function createLink({ events, expired, reauthorize, sleep, now, random, ...parts }: LinkParts): Link {
  const state = cell<LinkState>({ s: 'starting' });
  const closed = new AbortController();
  let connection = new AbortController();
  let nap = new AbortController();
  let tries = 0;
  let active: Promise<unknown> = Promise.resolve();
  let pause: Promise<void> | null = null;
  const following = { ...parts, events, state, onCheckpoint: () => void (tries = 0) };

  async function run(): Promise<void> {
    while (!closed.signal.aborted) {
      if (expired()) {
        state.set({ s: 'refused', code: 'AUTH_REQUIRED' });
        await rest(linkBackoff.most);
        continue;
      }
      try {
        if (pause) await pause;
        connection = new AbortController();
        const connected = connect(following, AbortSignal.any([closed.signal, connection.signal]));
        active = connected;
        const bye = await connected;
        const wait = bye ? waitAfterBye(bye, random) : 0;
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
    if (!(error instanceof NetworkError) && !(error instanceof ApiError)) events.trouble(error);
    const wait = isRefusal(error)
      ? waitAfterRefusal(error, tries, random)
      : waitAfterFailure(error, tries, now(), random);
    tries += 1;
    state.set(wait.state);
    if (isRefusal(error)) await heed(error);
    await rest(wait.ms);
  }

  async function heed(refusal: ApiError): Promise<void> {
    if (refusal.code === 'WIPE_DUE') events.wipeDue(keyIn(refusal.details));
    // Whether the session is over is for /auth/v1 to say; a refresh asks it.
    if (refusal.code === 'AUTH_REQUIRED' || refusal.code === 'LOGIN_BLOCKED')
      await reauthorize().catch(() => undefined);
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
