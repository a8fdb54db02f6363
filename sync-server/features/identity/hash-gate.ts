import { AppError } from '../../http/errors.ts';

export type Order = 'first' | 'last';
export type HashGate = {
  /** Runs `work` when its turn comes. `first` goes before everybody who is not. Throws UNAVAILABLE when too many wait. */
  run<T>(work: () => Promise<T>, order?: Order): Promise<T>;
};

export type HashGateOptions = {
  /** Most that run at once. */
  parallel: number;
  /** Most of those that may be strangers, so that a core is left for everything else during a flood. */
  strangers: number;
  /** Most that wait, of each kind. */
  waiting: number;
};

/**
 * Lets only a few password hashes run at once: each takes 64 MiB and about 60 ms of a core, so a flood of sign-ins must wait
 * outside instead of taking the server's memory. People known on their device or address are let in before strangers.
 */
export function createHashGate({ parallel, strangers, waiting }: HashGateOptions): HashGate {
  const queues: Record<Order, (() => void)[]> = { first: [], last: [] };
  const running: Record<Order, number> = { first: 0, last: 0 };
  const isFree = (order: Order): boolean =>
    running.first + running.last < parallel && (order === 'first' || running.last < strangers);

  const enter = (order: Order): Promise<void> => {
    if (isFree(order)) {
      running[order]++;
      return Promise.resolve();
    }
    if (queues[order].length >= waiting)
      throw new AppError('UNAVAILABLE', {
        message: 'Many people are signing in. Try again in a moment.',
        retryAfter: 2,
      });
    return new Promise((admit) => queues[order].push(admit));
  };
  const leave = (order: Order): void => {
    running[order]--;
    for (const next of ['first', 'last'] as const) {
      const admit = isFree(next) ? queues[next].shift() : undefined;
      if (!admit) continue;
      // Counted before it runs, so that nobody slips into the place.
      running[next]++;
      return admit();
    }
  };

  return {
    async run(work, order = 'last') {
      await enter(order);
      try {
        return await work();
      } finally {
        leave(order);
      }
    },
  };
}
