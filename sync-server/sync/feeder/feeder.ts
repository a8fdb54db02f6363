import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deps } from '../../deps.ts';
import type { Tx } from '../../db/sql.ts';
import { createReaders } from '../readers.ts';
import { createSessionEnds } from '../session-ends.ts';
import { inSlices } from '../slices.ts';
import { createAnnouncing } from './announcing.ts';
import { createEar } from './ear.ts';
import type { Listener } from './listener.ts';
import { createLongPushes, nameOf, type Writer } from './long-pushes.ts';
import { createLooking } from './looking.ts';
import type { Notice } from './notices.ts';
import { endReplaced, makeRoom } from './one-each.ts';

/** Tells of what one transaction writes, as soon as anybody can hear of it. */
export type Herald = {
  /** Tells the other processes by a statement on the same connection as the commit that was just sent, right behind it. */
  behindCommit(tx: Tx): Promise<void>;
  /** It is committed: wakes this process now and the others, where they are not told yet, after the next few milliseconds. */
  committed(): void;
  /** Resolves when that was read for the streams of this process, so that what is less urgent can stand back behind it. */
  read(): Promise<unknown>;
};

/** One per process: learns of changes and tells the streams of the people they concern. */
export type Feeder = {
  add(listener: Listener): void;
  remove(listener: Listener): void;
  /** For something that is about to be written here, `by` a device. */
  herald(by?: Writer): Herald;
  close(): Promise<void>;
};

/** What is written by jobs, commands or other programs is found by looking. */
const safetyMs = 250;
const farewellMs = 500;
/** After a stop devices come back at this pace, and none waits longer than that. */
const returnsPerMs = 0.2;
const longestReturnMs = 15_000;

export function createFeeder(deps: Deps): Feeder {
  /** Tells what this process says from what it hears. */
  const self = randomUUID();
  const listeners = new Set<Listener>();
  const readers = createReaders();
  let safety: NodeJS.Timeout | null = null;

  const pushes = createLongPushes((device) => {
    for (const listener of readers.streamsOf(device.userId))
      if (nameOf(listener) === nameOf(device)) looking.fellBehind(listener);
    looking.wake({ found: 'push', at: performance.now() });
  });
  const looking = createLooking(deps, { listeners, readers, isBusy: pushes.isUnderWay });
  const announcing = createAnnouncing(deps, self);
  const ear = createEar(deps, hear, () => sessions.told());
  const sessions = createSessionEnds(deps, {
    everybody: () => listeners,
    streamsOf: readers.streamsOf,
    isDeaf: ear.isDeaf,
  });

  function hear(notice: Notice): void {
    if (notice.kind === 'ended') sessions.told(notice.userId);
    else if (notice.kind === 'opened') endReplaced(readers, notice.stream);
    else if (notice.from !== self) looking.wake(notice.learned);
  }

  function start(): void {
    safety ??= setInterval(() => {
      looking.wake();
      const now = performance.now();
      void inSlices(listeners, (listener) => listener.tend(now));
      ear.open();
    }, safetyMs);
    sessions.start();
    ear.open();
  }

  function stop(): void {
    if (safety) clearInterval(safety);
    safety = null;
    sessions.stop();
    ear.close();
    looking.stop();
  }

  /** A stop that was announced: streams end one after the other, and their devices go on elsewhere at once. */
  deps.drain.onBegin((ms) => {
    const open = [...listeners];
    for (const [at, listener] of open.entries())
      setTimeout(() => listener.bye('shutdown', 0), (ms * at) / open.length).unref();
  });

  return {
    add(listener) {
      endReplaced(readers, listener);
      makeRoom(readers, listener.userId);
      listeners.add(listener);
      readers.add(listener);
      start();
      announcing.opened(listener);
      looking.joined(listener);
    },
    remove(listener) {
      listeners.delete(listener);
      readers.remove(listener);
      looking.left(listener);
      if (listeners.size === 0) stop();
    },
    herald(by) {
      let areTold = false;
      return {
        async behindCommit(tx) {
          areTold = await announcing.behindCommit(tx);
        },
        committed() {
          if (by) pushes.pushed(by);
          looking.wake({ found: 'push', at: performance.now() });
          if (!areTold) announcing.changed();
        },
        read: () => looking.reading() ?? Promise.resolve(),
      };
    },
    async close() {
      looking.close();
      pushes.close();
      announcing.close();
      const open = [...listeners];
      const spread = Math.min(longestReturnMs, open.length / returnsPerMs);
      for (const listener of open) listener.bye('shutdown', Math.round(Math.random() * spread));
      stop();
      // Sockets are cut after this; a reader that takes nothing is not waited for.
      await Promise.race([
        Promise.all(open.map(({ finished }) => finished)),
        sleep(farewellMs, undefined, { ref: false }),
      ]);
    },
  };
}
