import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBrowser } from './browser.ts';
import { buildPage } from './build-page.ts';
import type { Kind } from './documents.ts';
import type { HomeFigures, ProbeFigures, PullFigures, ReopenFigures } from './figures.ts';
import { startFrameServer } from './frame-server.ts';
import { measureHome } from './home.ts';
import { createMeter, medianOf } from './meter.ts';

export type RendererFigures = {
  probe: ProbeFigures & { seen_by_processor_ms: number };
  /** Longest task of the page's main thread by processor time, in runs of their own: what other programs take is not in it. */
  longest_task_ms: { at_10k: number; at_50k: number };
  /** The product's first pull over HTTP, of a table that devices write, and of one that they only read. */
  ours: Record<'both_ways_10k' | 'both_ways_50k' | 'pull_only_10k' | 'pull_only_50k', PullFigures>;
  reopen_50k: ReopenFigures;
  /** RxDB's own replication of the same documents out of an array in the page, with and without its push side. */
  ceiling: Record<'both_ways_10k' | 'both_ways_50k' | 'pull_only_10k' | 'pull_only_50k', PullFigures>;
  /** The built app against a real server. Stop its Postgres with `stopSharedPostgres` when all is measured. */
  home: Record<'behind_10k' | 'behind_50k', HomeFigures>;
  /** Ours divided by the ceiling; `strict` divides by the replication that only pulls and stores nothing twice. */
  ratios: { renderer_10k_vs_ceiling: number; renderer_10k_vs_ceiling_strict: number };
};

export type RendererOptions = {
  /** Runs of each figure at 10,000 documents, of which the median counts; 50,000 is run once. */
  rounds?: number;
  tell?: (line: string) => void;
};

/** First pulls into RxDB over Dexie in Chromium, on a profile on the disk, and a new device's way to its home screen. */
export async function measureRenderer({
  rounds = 3,
  tell = () => undefined,
}: RendererOptions = {}): Promise<RendererFigures> {
  buildApp();
  const pulls = await measurePulls(rounds, tell);
  const home = { behind_10k: await measureHome(10_000, tell), behind_50k: await measureHome(50_000, tell) };
  return { ...pulls, home };
}

/** The web edition as it stands in the sources. */
function buildApp(): void {
  const script = path.resolve(import.meta.dirname, '../../../build.ts');
  const { status } = spawnSync(process.execPath, [script, '--if-stale'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the app does not build');
}

/** Each in a page and with databases of its own. */
async function measurePulls(rounds: number, tell: (line: string) => void): Promise<Omit<RendererFigures, 'home'>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'growth-bench-page-'));
  await buildPage(folder);
  const server = await startFrameServer(folder);
  const browser = await openBrowser(tell);
  try {
    const meter = createMeter(browser, server, tell);
    const probe = await meter.prove(80);
    const ours: RendererFigures['ours'] = {} as never;
    const ceiling: RendererFigures['ceiling'] = {} as never;
    for (const [way, kind] of ways) {
      const runs = { ours: [] as PullFigures[], ceiling: [] as PullFigures[] };
      for (let round = 0; round < rounds; round += 1) {
        // In turn, so that whatever else the machine does meets both alike.
        runs.ours.push(await meter.ours(kind, 10_000));
        runs.ceiling.push(await meter.ceiling(kind, 10_000, way === 'both_ways'));
      }
      ours[`${way}_10k`] = medianOf(runs.ours);
      ceiling[`${way}_10k`] = medianOf(runs.ceiling);
    }
    for (const [way, kind] of ways) {
      ours[`${way}_50k`] = await meter.ours(kind, 50_000);
      ceiling[`${way}_50k`] = await meter.ceiling(kind, 50_000, way === 'both_ways');
    }
    const longest_task_ms = {
      at_10k: await meter.longestTask(ways[0][1], 10_000),
      at_50k: await meter.longestTask(ways[0][1], 50_000),
    };
    const reopen_50k = await meter.reopen(ways[0][1]);
    if (browser.errors.length > 0) throw new Error(`the page failed: ${browser.errors.join('; ')}`);
    const over = (a: PullFigures, b: PullFigures): number => Math.round((a.ms / b.ms) * 100) / 100;
    return {
      probe,
      longest_task_ms,
      ours,
      reopen_50k,
      ceiling,
      ratios: {
        renderer_10k_vs_ceiling: over(ours.both_ways_10k, ceiling.both_ways_10k),
        renderer_10k_vs_ceiling_strict: over(ours.pull_only_10k, ceiling.pull_only_10k),
      },
    };
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const ways = [
  ['both_ways', 'messages'],
  ['pull_only', 'notifications'],
] as const satisfies readonly (readonly [string, Kind])[];
