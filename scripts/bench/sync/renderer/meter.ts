import { inPage, type Browser } from './browser.ts';
import type { Kind } from './documents.ts';
import type { BenchPage, ProbeFigures, PullFigures, ReopenFigures } from './figures.ts';
import type { FrameServer } from './frame-server.ts';
import { longestTaskTime } from './task-time.ts';

/** One measurement each, in a page and with databases of its own. */
export type Meter = {
  /** Throws where the probes, clock and processor time alike, do not see the planted block. */
  prove(plantedMs: number): Promise<ProbeFigures & { seen_by_processor_ms: number }>;
  ours(kind: Kind, count: number): Promise<PullFigures>;
  /** Processor time of the longest task of the page's main thread during a first pull, ms. */
  longestTask(kind: Kind, count: number): Promise<number>;
  /** Opens the replica of the last `ours` of this kind again, in a new page. */
  reopen(kind: Kind): Promise<ReopenFigures>;
  ceiling(kind: Kind, count: number, bothWays: boolean): Promise<PullFigures>;
};

export function createMeter(browser: Browser, server: FrameServer, tell: (line: string) => void): Meter {
  let made = 0;
  const last = new Map<Kind, string>();

  /** A person without databases in this profile. */
  const newUser = (): string => `0192f222-0000-7000-8000-${String((made += 1)).padStart(12, '0')}`;
  let longest = 0;

  async function ask<K extends keyof BenchPage>(
    what: K,
    given: Parameters<BenchPage[K]>,
    traced = false,
  ): Promise<Awaited<ReturnType<BenchPage[K]>>> {
    const figures = await inPage(browser, server.url, async (page) => {
      await page.waitForFunction(() => 'bench' in globalThis);
      const run = (): Promise<unknown> =>
        page.evaluate(
          ([name, list]) =>
            (globalThis as unknown as { bench: Record<string, (...args: unknown[]) => unknown> }).bench[name]!(...list),
          [what, given] as [string, unknown[]],
        );
      if (!traced) return (await run()) as Awaited<ReturnType<BenchPage[K]>>;
      const { result, longest_ms } = await longestTaskTime(await browser.context.newCDPSession(page), run);
      longest = longest_ms;
      return result as Awaited<ReturnType<BenchPage[K]>>;
    });
    tell(`${what} ${given.join(' ')}: ${JSON.stringify(figures)}`);
    return figures;
  }

  return {
    async prove(plantedMs) {
      const seen = { ...(await ask('proveBlocks', [plantedMs], true)), seen_by_processor_ms: longest };
      // Another program may have had a part of the planted time.
      const leastOfProcessor = plantedMs / 4;
      const { seen_by_timer_ms, seen_by_longtask_ms, seen_by_processor_ms } = seen;
      if (
        Math.min(seen_by_timer_ms, seen_by_longtask_ms) < plantedMs * 0.9 ||
        seen_by_processor_ms < leastOfProcessor
      ) {
        throw new Error(`a planted block went unseen: ${JSON.stringify(seen)}`);
      }
      return seen;
    },
    async ours(kind, count) {
      await server.offer(kind, count);
      const userId = newUser();
      last.set(kind, userId);
      return complete(await ask('pullOurs', [userId]), count);
    },
    async longestTask(kind, count) {
      await server.offer(kind, count);
      complete(await ask('pullOurs', [newUser()], true), count);
      tell(`longest task by processor time, ${count} ${kind}: ${longest} ms`);
      return longest;
    },
    reopen: (kind) => ask('reopenOurs', [last.get(kind) ?? '', kind]),
    ceiling: async (kind, count, bothWays) =>
      complete(await ask('pullCeiling', [`ceiling-${(made += 1)}`, kind, count, bothWays]), count),
  };
}

/** A fast pull that left documents out is no figure. */
function complete(figures: PullFigures, count: number): PullFigures {
  if (figures.docs !== count) throw new Error(`${figures.docs} of ${count} documents arrived`);
  return figures;
}

export const medianOf = (runs: readonly PullFigures[]): PullFigures =>
  runs.toSorted((a, b) => a.ms - b.ms)[runs.length >> 1]!;
