import { inPage, type Browser } from './browser.ts';
import type { Kind } from './documents.ts';
import type { BenchPage, ProbeFigures, PullFigures, ReopenFigures } from './figures.ts';
import type { FrameServer } from './frame-server.ts';

/** One measurement each, in a page and with databases of its own. */
export type Meter = {
  /** Throws where the probes do not see the planted block. */
  prove(plantedMs: number): Promise<ProbeFigures>;
  ours(kind: Kind, count: number): Promise<PullFigures>;
  /** Opens the replica of the last `ours` of this kind again, in a new page. */
  reopen(kind: Kind): Promise<ReopenFigures>;
  ceiling(kind: Kind, count: number, bothWays: boolean): Promise<PullFigures>;
};

export function createMeter(browser: Browser, server: FrameServer, tell: (line: string) => void): Meter {
  let made = 0;
  const last = new Map<Kind, string>();

  async function ask<K extends keyof BenchPage>(
    what: K,
    given: Parameters<BenchPage[K]>,
  ): Promise<Awaited<ReturnType<BenchPage[K]>>> {
    const figures = await inPage(browser, server.url, async (page) => {
      await page.waitForFunction(() => 'bench' in globalThis);
      const answer: unknown = await page.evaluate(
        ([name, list]) =>
          (globalThis as unknown as { bench: Record<string, (...args: unknown[]) => unknown> }).bench[name]!(...list),
        [what, given] as [string, unknown[]],
      );
      return answer as Awaited<ReturnType<BenchPage[K]>>;
    });
    tell(`${what} ${given.join(' ')}: ${JSON.stringify(figures)}`);
    return figures;
  }

  return {
    async prove(plantedMs) {
      const seen = await ask('proveBlocks', [plantedMs]);
      if (seen.seen_by_timer_ms < plantedMs * 0.9 || seen.seen_by_longtask_ms < plantedMs * 0.9) {
        throw new Error(`a planted block went unseen: ${JSON.stringify(seen)}`);
      }
      return seen;
    },
    async ours(kind, count) {
      await server.offer(kind, count);
      const userId = `0192f222-0000-7000-8000-${String((made += 1)).padStart(12, '0')}`;
      last.set(kind, userId);
      return complete(await ask('pullOurs', [userId]), count);
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
