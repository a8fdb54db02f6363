import type { HomeFigures } from './figures.ts';

export type Arrival = {
  isComplete(): boolean;
  end(): Promise<Omit<HomeFigures, 'typing_keys'>>;
};

/** Runs in the page before anything of the app: stands on its own, since Playwright sends its text. */
export function watchArrival(): void {
  let ready = 0;
  let home = 0;
  let complete = 0;
  let lastTick = 0;
  let longestGap = 0;
  let worstKey = 0;
  const tasks: number[] = [];
  const tickMs = 4;
  const round = (ms: number): number => Math.round(ms * 10) / 10;

  const look = (): void => {
    const start = document.querySelector<HTMLButtonElement>('[data-testid="btn-start"]');
    if (!ready && start && start.getAttribute('aria-disabled') !== 'true') {
      ready = performance.now();
      start.click();
    }
    if (!home && document.querySelector('[data-testid="continue"] :is(a, button)')) home = performance.now();
    const pill = document.querySelector('[data-testid="sync-pill"]')?.getAttribute('data-state');
    if (home && !complete && pill === 'uptodate') complete = performance.now();
    if (!complete) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  const pulls = (): PerformanceResourceTiming[] =>
    (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(({ name }) =>
      name.endsWith('/sync/v1/pull'),
    );
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      // The task of the click itself began before it.
      if (ready && startTime + duration > ready && !complete) tasks.push(duration);
  }).observe({ type: 'longtask' });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name === 'keydown' && home && !complete) worstKey = Math.max(worstKey, entry.duration);
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  setInterval(() => {
    const now = performance.now();
    if (home && !complete && lastTick > home) longestGap = Math.max(longestGap, now - lastTick - tickMs);
    lastTick = now;
  }, tickMs);

  async function countStored(): Promise<number> {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('no answer'));
      });
    let count = 0;
    for (const { name } of await indexedDB.databases()) {
      if (!name?.startsWith('rxdb-dexie-') || name.endsWith('_rxdb_internal')) continue;
      const database = await done(indexedDB.open(name));
      count += await done(database.transaction('docs').objectStore('docs').count());
      database.close();
    }
    return count;
  }

  const arrival: Arrival = {
    isComplete: () => complete > 0,
    async end() {
      const first = pulls()[0]?.responseStart ?? 0;
      return {
        docs: await countStored(),
        ready_ms: round(ready - first),
        home_ms: round(home - first),
        complete_ms: round(complete - first),
        typing_worst_ms: worstKey,
        longest_ms: round(longestGap),
        long_tasks: tasks.length,
        longest_task_ms: round(Math.max(0, ...tasks)),
      };
    },
  };
  Object.assign(globalThis, { arrival });
}
