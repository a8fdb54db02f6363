import type { Core } from './core.ts';
import { readMark } from './device-database.ts';
import { BrokenStreamError, readFrames } from './frames.ts';
import type { LinkState } from './link-state.ts';
import { createPullSession, usableCheckpoint, type Bye, type PullEvents } from './pull.ts';
import type { Cell } from './store.ts';
import type { SyncRequests } from './sync-requests.ts';

export type ConnectionParts = {
  core: Core;
  requests: SyncRequests;
  events: PullEvents & { bytes(count: number): void };
  silenceMs: number;
};

type Following = ConnectionParts & { state: Cell<LinkState>; onCheckpoint: () => void };

/**
 * One connection, from the stored checkpoint to its end: the server's goodbye, or null where a first sync is through and the stream is
 * to follow. `onCheckpoint`: everything so far is applied.
 */
export async function connect(parts: Following, signal: AbortSignal): Promise<Bye | null> {
  const { core, requests, state } = parts;
  const mark = await readMark(core.device);
  const asked = usableCheckpoint(mark);
  // A first sync is a pull, which may be compressed and says when the app can start; the stream follows from its checkpoint.
  if (!mark.complete || asked === null) {
    const body = await requests.pull(asked, signal);
    state.set({ s: 'catching-up' });
    return follow(parts, body, asked, false);
  }
  const body = await requests.stream(asked, signal);
  if (state.get().s !== 'live') state.set({ s: 'catching-up' });
  return follow(parts, body, asked, true);
}

async function follow(
  { core, events, silenceMs, state, onCheckpoint }: Following,
  body: ReadableStream<Uint8Array>,
  asked: string | null,
  streaming: boolean,
): Promise<Bye | null> {
  const session = createPullSession(core, asked, streaming, events);
  let complete = false;
  for await (const frame of readFrames(body, silenceMs, events.bytes)) {
    const outcome = await session.take(frame);
    if (outcome === 'checkpoint') {
      onCheckpoint();
      complete = true;
      if (!streaming) return null;
      state.set({ s: 'live' });
    }
    if (typeof outcome === 'object') return outcome;
  }
  throw new BrokenStreamError(complete ? 'the connection ended' : 'the answer ended without a checkpoint');
}
