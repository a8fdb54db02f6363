import { setImmediate as turnOfLoop } from 'node:timers/promises';

/** Longest that one piece of work keeps everything else of the process waiting. */
const sliceMs = 8;

/** Does the same for each of many, and lets the process do other things between slices of them. */
export async function inSlices<T>(many: Iterable<T>, work: (one: T) => void): Promise<void> {
  let until = performance.now() + sliceMs;
  for (const one of many) {
    if (performance.now() > until) {
      await turnOfLoop();
      until = performance.now() + sliceMs;
    }
    work(one);
  }
}
