import type { Core } from './core.ts';
import { readMark } from './device-database.ts';
import { BrokenStreamError, readFrames } from './frames.ts';
import type { LinkState } from './link-state.ts';
import { createPullSession, usableCheckpoint, type Bye, type PullEvents, type PullSession } from './pull.ts';
import type { Cell } from './store.ts';
import type { SyncRequests } from './sync-requests.ts';
import { watchUnconfirmed } from './unconfirmed.ts';

export type ConnectionParts = {
  core: Core;
  requests: SyncRequests;
  events: PullEvents & { bytes(count: number): void };
  silenceMs: number;
};

type Following = ConnectionParts & { state: Cell<LinkState>; onCheckpoint: () => void };

/**
 * One connection, from the stored checkpoint to its end: the server's goodbye, or null where a first sync is through, or the news behind a
 * full set is due, and the stream is to follow. `onCheckpoint`: everything so far is applied.
 */
export async function connect(parts: Following, signal: AbortSignal): Promise<Bye | null> {
  const { core, requests, state } = parts;
  const mark = await readMark(core.device);
  const asked = usableCheckpoint(mark);
  const unconfirmed = watchUnconfirmed(core, mark.unconfirmed ?? []);
  const follow = (body: ReadableStream<Uint8Array>, streaming: boolean): Promise<Bye | null> =>
    takeAll(parts, body, createPullSession(core, asked, streaming, parts.events, unconfirmed), streaming);
  try {
    // A first sync is a pull, which may be compressed and says when the app can start; the stream follows from its checkpoint.
    if (!mark.complete || asked === null) {
      const body = await requests.pull(asked, signal);
      state.set({ s: 'catching-up' });
      return await follow(body, false);
    }
    const body = await requests.stream(asked, signal);
    if (state.get().s !== 'live') state.set({ s: 'catching-up' });
    return await follow(body, true);
  } finally {
    unconfirmed.stop();
  }
}

async function takeAll(
  { events, silenceMs, state, onCheckpoint }: Following,
  body: ReadableStream<Uint8Array>,
  session: PullSession,
  streaming: boolean,
): Promise<Bye | null> {
  let complete = false;
  for await (const frame of readFrames(body, silenceMs, events.bytes)) {
    const outcome = await session.take(frame);
    if (outcome === 'checkpoint' || outcome === 'again') {
      onCheckpoint();
      complete = true;
      if (!streaming || outcome === 'again') return null;
      state.set({ s: 'live' });
    }
    if (typeof outcome === 'object') return outcome;
  }
  throw new BrokenStreamError(complete ? 'the connection ended' : 'the answer ended without a checkpoint');
}
