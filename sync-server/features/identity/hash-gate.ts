import { AppError } from '../../http/errors.ts';

/**
 * Who goes first: people who signed in from this device or address before, then accounts nobody failed at lately, then
 * accounts somebody is guessing at. A flood can only ever fill the lines it stands in itself.
 */
export const orders = ['known', 'fresh', 'tried'] as const;
export type Order = (typeof orders)[number];

export type HashGate = {
  /** Runs `work` when its turn comes. Throws UNAVAILABLE when too many of its kind wait. */
  run<T>(work: () => Promise<T>, order?: Order): Promise<T>;
  /**
   * Waits as `run` would, takes no place, and answers after the time a hash takes at present: how something that needs no
   * hash looks from outside like something that does. Throws UNAVAILABLE where `run` would. A `decoy` is run instead where a
   * place is free and nobody waits.
   */
  pass(order?: Order, decoy?: () => Promise<unknown>): Promise<void>;
  /** Whether somebody waits, or did a few seconds ago. */
  isBusy(): boolean;
};

export type HashGateOptions = {
  /** Most that run at once. */
  parallel: number;
  /** Most of those that may be strangers (all but `known`), so that a core is left for everything else during a flood. */
  strangers: number;
  /** Most that wait for a hash, of each kind; who only passes is not counted, and is turned away by the same count. */
  waiting: number;
  /** Whoever would wait longer than this, by what hashes take at present, is turned away as well; milliseconds. */
  patience?: number;
};

type Waiter = { admit: () => void; takesPlace: boolean };

/** Every so many turns of strangers one is given to the last line, so that it moves however long the one before it is. */
const turnOfLast = 4;
/** So long after the last one waited the gate still counts as busy; milliseconds. */
const afterglow = 5000;

/**
 * Lets only a few password hashes run at once: each takes 64 MiB and about 60 ms of a core, so a flood of sign-ins must wait
 * outside instead of taking the server's memory.
 */
export function createHashGate({ parallel, strangers, waiting, patience = Infinity }: HashGateOptions): HashGate {
  const lines: Record<Order, Waiter[]> = { known: [], fresh: [], tried: [] };
  const running = { known: 0, strangers: 0 };
  const meter = createMeter();
  let strangersServed = 0;
  let lastWaited = -Infinity;

  const kindOf = (order: Order) => (order === 'known' ? 'known' : 'strangers');
  const isFree = (order: Order): boolean =>
    running.known + running.strangers < parallel && (order === 'known' || running.strangers < strangers);
  const isOpen = (order: Order): boolean => isFree(order) && lines[order].length === 0;

  const countWaiting = (order: Order): number => lines[order].filter(({ takesPlace }) => takesPlace).length;
  /** How long whoever joins this line now will wait for its end, about. */
  const timeUntil = (order: Order): number => {
    const before = order === 'known' ? [order] : orders.slice(0, orders.indexOf(order) + 1);
    const places = order === 'known' ? parallel : strangers;
    return (before.reduce((sum, line) => sum + countWaiting(line), 0) * meter.usual()) / places;
  };

  const enter = (order: Order, takesPlace: boolean): Promise<void> => {
    if (isOpen(order)) {
      if (takesPlace) running[kindOf(order)]++;
      return Promise.resolve();
    }
    if (countWaiting(order) >= waiting || timeUntil(order) > patience)
      throw new AppError('UNAVAILABLE', {
        message: 'Many people are signing in. Try again in a moment.',
        retryAfter: 2,
      });
    lastWaited = performance.now();
    return new Promise((admit) => lines[order].push({ admit, takesPlace }));
  };

  const nextLine = (): Order | undefined => {
    const last = strangersServed % turnOfLast === turnOfLast - 1;
    const wanted: Order[] = last ? ['known', 'tried', 'fresh'] : [...orders];
    return wanted.find((order) => lines[order].length > 0 && isFree(order));
  };
  /** Lets in whoever may go; those who only pass leave the place to the next. */
  const admitNext = (): void => {
    for (let order = nextLine(); order; order = nextLine()) {
      const { admit, takesPlace } = lines[order].shift()!;
      if (takesPlace) {
        // Counted before it runs, so that nobody slips into the place.
        running[kindOf(order)]++;
        if (order !== 'known') strangersServed++;
      }
      admit();
    }
  };

  const run: HashGate['run'] = async (work, order = 'fresh') => {
    await enter(order, true);
    const stop = meter.start();
    try {
      return await work();
    } finally {
      stop();
      running[kindOf(order)]--;
      admitNext();
    }
  };

  return {
    run,
    async pass(order = 'fresh', decoy = undefined) {
      if (decoy && isOpen(order)) return void (await run(decoy, order));
      await enter(order, false);
      await meter.wait();
    },
    isBusy: () => performance.now() - lastWaited < afterglow,
  };
}

/** How long hashes take at present (60 ms until one was measured), and a wait of that length. */
function createMeter() {
  let usual = 60;
  return {
    usual: () => usual,
    start(): () => void {
      const from = performance.now();
      return () => {
        const took = performance.now() - from;
        usual = usual * 0.8 + took * 0.2;
      };
    },
    wait: (): Promise<void> => new Promise((done) => setTimeout(done, usual)),
  };
}
