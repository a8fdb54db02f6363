import { randomUUID } from 'node:crypto';
import type { Deps } from '../deps.ts';
import { AppError } from '../http/errors.ts';
import type { Caller } from './caller.ts';
import { inSnapshot, readChanges, type Send } from './delta.ts';
import type { Feeder } from './feeder/feeder.ts';
import type { Learned, Listener } from './feeder/listener.ts';
import { docsLine, line } from './frames.ts';
import type { News } from './news.ts';
import { ClosedError, SlowReaderError, withPatience, type Answer, type Outlet } from './outlet.ts';
import { catchUp, checkpointLine } from './pull.ts';

const pingMs = 20_000;
/** How long a line may wait for a reader whose buffer is full; then the stream ends, and the device catches up when it can. */
const patienceMs = 10_000;
/** What is left in the buffer may still leave before the connection is cut. */
const farewellMs = 5_000;

type ByeReason = Parameters<Listener['bye']>[0];

/**
 * Opens the live stream of one device: a catch-up from its checkpoint, then every later change that its person may see, until
 * the token ends, the session is revoked, a newer stream of the device opens, or the reader is gone. `caughtUp` is called when
 * the catch-up is over, however it went.
 */
export async function openStream(
  deps: Deps,
  feeder: Feeder,
  caller: Caller,
  checkpoint: string | null,
  outlet: Outlet,
  started: Answer,
  caughtUp: () => void,
): Promise<void> {
  let frames = 0;
  let position = '';
  let isOver = false;
  let isDelivering = false;
  let turn = 0;
  let again = false;
  let news: Learned | null = null;
  const endsAt = performance.now() + caller.exp * 1000 - deps.clock.now().getTime();
  let pinged = performance.now();

  function write(text: string | Uint8Array): Promise<void> | null {
    if (isOver) throw new ClosedError();
    const written = started.write(text);
    return written && withPatience(written, patienceMs);
  }
  const send: Send = async (text) => void (await write(text(frames++)));

  function end(reason: ByeReason | 'gone' | 'broken'): void {
    if (isOver) return;
    isOver = true;
    deps.metrics.streams.dec();
    deps.metrics.streamEnds.inc({ reason });
    feeder.remove(listener);
    outlet.end();
    if (started.begun) setTimeout(() => outlet.body.destroy(), farewellMs).unref();
  }

  /** For the last word, which nothing waits for. */
  const say = async (text: string): Promise<void> => void (await outlet.write(text));

  function bye(reason: ByeReason, retryIn?: number): void {
    if (isOver) return;
    if (started.begun) void say(line('bye', { reason, retry_in: retryIn }, { n: frames++ })).catch(() => undefined);
    end(reason);
  }

  /** The same delta as a pull's, from where this stream stands; read first, written after, so that no reader holds a connection. */
  async function deliverOnce(): Promise<void> {
    const learned = news;
    news = null;
    const read = await inSnapshot(deps, caller, async (tx, here) => ({
      position: here,
      pages: await readChanges(tx, position),
    }));
    await sendNews(read, learned);
  }

  /** Null where all of it was taken at once: what goes to a thousand streams waits for none of them. */
  function sendNews({ position: here, pages }: News, learned: Learned | null): Promise<void> | null {
    const arrive = (): void => {
      if (learned && pages.length > 0)
        deps.metrics.lag.observe({ found: learned.found }, (performance.now() - learned.at) / 1000);
      position = here.snapshot;
    };
    const docs = pages.map((page) => docsLine(page.family, page.docs, { n: frames++ }));
    const written = pages.length > 0 ? write(docs.join('') + checkpointLine(deps, caller, here, frames++)) : null;
    if (written) return written.then(arrive);
    arrive();
    return null;
  }

  /** One at a time; a call while one runs makes it look once more. */
  async function run(first: () => Promise<void>): Promise<void> {
    isDelivering = true;
    turn += 1;
    try {
      await first();
      while (again && !isOver) {
        again = false;
        await deliverOnce();
      }
    } finally {
      isDelivering = false;
    }
  }

  async function deliver(learned: Learned): Promise<void> {
    again = true;
    news ??= learned;
    if (!isDelivering) await run(async () => undefined).catch(breakOff);
  }

  function take(read: News, learned: Learned): void {
    try {
      const written = sendNews(read, learned);
      if (written) void run(() => written).catch(breakOff);
      else turn += 1;
    } catch (error) {
      breakOff(error);
    }
  }

  /** The device comes back with its checkpoint and misses nothing. */
  function breakOff(error: unknown): void {
    if (error instanceof SlowReaderError) return bye('slow');
    if (!(error instanceof ClosedError))
      deps.log.error({ err: error, requestId: caller.requestId }, 'a stream broke off');
    outlet.body.destroy();
    end(error instanceof ClosedError ? 'gone' : 'broken');
  }

  function tend(now: number): void {
    if (now >= endsAt) return bye('expired');
    if (!started.begun || now - pinged < pingMs) return;
    pinged = now;
    send((n) => line('ping', { server_time: deps.clock.now().toISOString() }, { n })).catch(() => bye('slow'));
  }

  const listener: Listener = {
    userId: caller.actor.id,
    role: caller.actor.role,
    sessionId: caller.sessionId,
    device: caller.boundTo,
    id: randomUUID(),
    deliver,
    take,
    pass: (snapshot) => void (position = snapshot),
    turn: () => (isDelivering ? null : turn),
    tend,
    bye,
    finished: started.finished,
  };

  outlet.body.once('close', () => end('gone'));
  // Known before the catch-up reads: what happens meanwhile makes it look again.
  deps.metrics.streams.inc();
  feeder.add(listener);
  await run(async () => {
    position = await catchUp(deps, caller, checkpoint, send).finally(caughtUp);
  }).catch((error: unknown) => {
    if (started.begun) return breakOff(error);
    end(error instanceof ClosedError ? 'gone' : 'broken');
    // Closed before the first line: by a newer stream, the end of the session or of the server.
    throw error instanceof ClosedError ? new AppError('UNAVAILABLE', { retryAfter: 1 }) : error;
  });
}
