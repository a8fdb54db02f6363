import type { Blocks, ProbeFigures } from '../figures.ts';

const tickMs = 4;
/** Some 80 ms of work. */
const leastTurns = 400_000;

/** Watches the main thread until the answer is called. */
export function watchBlocks(): () => Promise<Blocks> {
  const tasks: number[] = [];
  const note = (list: PerformanceObserverEntryList): void => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  };
  const observer = new PerformanceObserver(note);
  observer.observe({ type: 'longtask' });
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - tickMs);
    last = now;
  }, tickMs);
  return async () => {
    // The browser reports a task only after it; a task of our own lets the last one through.
    await new Promise((resolve) => setTimeout(resolve, 50));
    clearInterval(timer);
    observer.disconnect();
    return { longest_ms: round(longest), long_tasks: tasks.length, longest_task_ms: round(Math.max(0, ...tasks)) };
  };
}

/** The probes must see a block that is really there before what they do not see counts. */
export async function proveBlocks(plantedMs: number): Promise<ProbeFigures> {
  const stop = watchBlocks();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const until = performance.now() + plantedMs;
  // So many turns that it is a block by processor time too, however little of the processor this page gets.
  for (let turns = 0; turns < leastTurns || performance.now() < until; turns += 1) performance.now();
  const { longest_ms, longest_task_ms } = await stop();
  return { planted_ms: plantedMs, seen_by_timer_ms: longest_ms, seen_by_longtask_ms: longest_task_ms };
}

export const round = (ms: number): number => Math.round(ms * 10) / 10;
