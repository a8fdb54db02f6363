import type { Deps } from '../deps.ts';
import type { Listener } from './feeder/listener.ts';
import { createOutage } from './feeder/outage.ts';
import { findEndedSessions } from './ended-sessions.ts';

/** Ends the streams of sessions that no longer stand. */
export type SessionEnds = {
  /** The database says that somebody's sessions may have ended; without a name it may be anybody's. */
  told(userId?: string): void;
  start(): void;
  stop(): void;
};

/** While this process hears what the database tells, it looks by itself only for what nobody tells: a session past its end. */
const sessionsMs = 5_000;
/** While it does not, because the connection that listens is gone. */
const deafMs = 500;

type Watched = {
  everybody(): Iterable<Listener>;
  streamsOf(userId: string): readonly Listener[];
  isDeaf(): boolean;
};

export function createSessionEnds({ server, clock, log }: Deps, watched: Watched): SessionEnds {
  const outage = createOutage(log, 'looking for ended sessions');
  const doubtful = new Set<string>();
  let isAnybody = false;
  let looked = 0;
  let checking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  /** What is told while a question is under way makes another one. */
  function check(): void {
    checking ??= ask().finally(() => {
      checking = null;
      if (timer && (isAnybody || doubtful.size > 0)) check();
    });
  }

  async function ask(): Promise<void> {
    // Told of many by as many notices: they are asked for together.
    await new Promise((resolve) => setImmediate(resolve));
    const all = isAnybody;
    const streams = all ? [...watched.everybody()] : [...doubtful].flatMap((person) => watched.streamsOf(person));
    isAnybody = false;
    doubtful.clear();
    try {
      for (const listener of await findEndedSessions(server, streams, clock.now())) listener.bye('revoked');
      outage.isOver();
      if (all) looked = performance.now();
    } catch (error) {
      // Who was meant is not known any more; the next look is for everybody, and soon.
      looked = 0;
      outage.goesOn(error);
    }
  }

  function look(): void {
    if (performance.now() - looked < (watched.isDeaf() ? deafMs : sessionsMs)) return;
    isAnybody = true;
    check();
  }

  return {
    told(userId) {
      if (userId === undefined) isAnybody = true;
      else if (watched.streamsOf(userId).length > 0) doubtful.add(userId);
      else return;
      check();
    },
    start: () => void (timer ??= setInterval(look, deafMs)),
    stop() {
      if (timer) clearInterval(timer);
      timer = null;
    },
  };
}
