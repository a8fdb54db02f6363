import { AppError } from '../../http/errors.ts';

export type HashGate = {
  /** Runs `work` when its turn comes. `first` goes before everybody who is not. Throws UNAVAILABLE when too many wait. */
  run<T>(work: () => Promise<T>, order?: 'first' | 'last'): Promise<T>;
};

/**
 * Lets only a few password hashes run at once: each takes 64 MiB and about 60 ms of a core, so a flood of sign-ins must wait
 * outside instead of taking the server's memory. People known on their device or address are let in before strangers.
 */
export function createHashGate({ parallel, waiting }: { parallel: number; waiting: number }): HashGate {
  const queues = { first: [] as (() => void)[], last: [] as (() => void)[] };
  let running = 0;

  const leave = () => {
    const next = queues.first.shift() ?? queues.last.shift();
    // The place is handed over, so that nobody slips in between.
    if (next) next();
    else running--;
  };
  const enter = (order: 'first' | 'last') => {
    if (running < parallel) {
      running++;
      return Promise.resolve();
    }
    const queue = queues[order];
    if (queue.length >= waiting) throw new AppError('UNAVAILABLE', { message: 'Many people are signing in. Try again in a moment.', retryAfter: 2 });
    return new Promise<void>((admit) => queue.push(admit));
  };

  return {
    async run(work, order = 'last') {
      await enter(order);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
