/** Where the mark survives a restart; `localStorage` has this shape. */
export type MarkStorage = Pick<Storage, 'getItem' | 'setItem'>;
export type TimeSources = {
  /** The computer's clock in ms, which anybody may set. */
  wall: () => number;
  /** Milliseconds that only ever grow, from an unknown start. */
  monotonic: () => number;
};

/**
 * Trusted time (workflows 0.6): the last time the server told, plus the monotonic time since. After a restart the
 * computer's clock counts only when it is not before the last trusted time.
 */
export type Clock = {
  /** Takes in a time the server told. */
  observe(serverTime: string): void;
  /** Trusted time, null when it cannot be known: never spoken to the server, or the clock was set back while closed. */
  now(): Date | null;
  /** Time to stamp a write with: trusted when known, never before an earlier trusted time. */
  stamp(): Date;
  /**
   * Between which moments it is now, ms since 1970: at least the last trusted time plus what was measured since, at most what the
   * computer's clock says without its known error. Null while the server was never heard.
   */
  bounds(): { least: number; most: number } | null;
  /** Device clock minus server clock as last seen; null = never spoken to the server. */
  skewMs(): number | null;
  /** Saves the high-water mark; call every minute. */
  save(): void;
};

/** `floor`: the last time the server told and what was measured since; `trusted` may be ahead of it by the computer's clock. */
type Mark = { trusted: number; floor: number; skew: number };
type Anchor = { at: number; monotonic: number; trusted: boolean };

const markName = 'growthos.clock';
/** A frame that waited in the device's own queue is late by this much at most; a larger step back is the server's clock. */
const frameDelayMs = 5 * 60_000;

export function createClock(storage: MarkStorage, sources: TimeSources): Clock {
  let mark = readMark(storage);
  let anchor = mark ? anchorAfterRestart(mark, sources) : null;
  /** The same, without anything that only the computer's clock says. */
  let floor = mark ? { at: mark.floor, monotonic: sources.monotonic() } : null;
  const elapsed = (from: Pick<Anchor, 'at' | 'monotonic'>): number => from.at + (sources.monotonic() - from.monotonic);

  const save = (): void => {
    if (!anchor || !floor) return;
    mark = { trusted: Math.max(elapsed(anchor), mark?.trusted ?? 0), floor: elapsed(floor), skew: mark?.skew ?? 0 };
    storage.setItem(markName, JSON.stringify(mark));
  };

  return {
    observe(serverTime) {
      const server = Date.parse(serverTime);
      if (Number.isNaN(server)) return;
      const measured = anchor?.trusted && floor ? elapsed(floor) : null;
      const late = measured !== null && server <= measured && measured - server < frameDelayMs;
      if (!late) {
        anchor = { at: server, monotonic: sources.monotonic(), trusted: true };
        floor = anchor;
        mark = { trusted: server, floor: server, skew: sources.wall() - server };
      }
      save();
    },
    now: () => (anchor?.trusted ? new Date(elapsed(anchor)) : null),
    stamp() {
      const at = new Date(anchor ? elapsed(anchor) : sources.wall());
      // So that no later start stamps before this, whatever the computer's clock says then.
      save();
      return at;
    },
    bounds() {
      if (!anchor || !floor || !mark) return null;
      const least = Math.floor(elapsed(floor));
      return { least, most: Math.ceil(Math.max(least, elapsed(anchor), sources.wall() - mark.skew)) };
    },
    skewMs: () => mark?.skew ?? null,
    save,
  };
}

function readMark(storage: MarkStorage): Mark | null {
  const text = storage.getItem(markName);
  if (!text) return null;
  try {
    const value = JSON.parse(text) as Partial<Mark>;
    const { trusted, floor = trusted, skew } = value;
    return typeof trusted === 'number' && typeof floor === 'number' && typeof skew === 'number'
      ? { trusted, floor, skew }
      : null;
  } catch {
    // A mark somebody wrote over is no mark: time is unknown until the server tells it.
    return null;
  }
}

function anchorAfterRestart(mark: Mark, { wall, monotonic }: TimeSources): Anchor {
  const clock = wall();
  if (clock < mark.trusted) return { at: mark.trusted, monotonic: monotonic(), trusted: false };
  // Where the clock's known error still explains it, the error is taken out.
  const corrected = clock - mark.skew;
  return { at: corrected >= mark.trusted ? corrected : clock, monotonic: monotonic(), trusted: true };
}

const memory = new Map<string, string>();
const memoryStorage: MarkStorage = {
  getItem: (name) => memory.get(name) ?? null,
  setItem: (name, value) => void memory.set(name, value),
};

/** The clock of this page. */
export const clock: Clock = createClock(globalThis.localStorage ?? memoryStorage, {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
});

/** Saves the high-water mark every minute; the shell starts it once. */
export function keepClock(every = 60_000): () => void {
  const timer = setInterval(() => clock.save(), every);
  return () => clearInterval(timer);
}
