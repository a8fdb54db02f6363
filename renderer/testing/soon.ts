import { vi } from 'vitest';

/** Waits until the assertions hold; patient, because the machine that runs the tests may be busy. */
export const soon = (assertions: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(assertions, { timeout: 15_000, interval: 5 });

/** Lets tests over a whole replica take their time on a busy machine. */
export const patient = { testTimeout: 30_000, hookTimeout: 30_000 } as const;
