import type { Role } from '#contract/roles.ts';
import { findPostgres15 } from '../../sync-server/schema/find-postgres-15.ts';
import { Cluster } from './cluster.ts';
import type { Finding } from './judge/finding.ts';
import { firings } from './planting.ts';
import { run, type Outcome, type Scenario } from './run.ts';
import { writeScript, type Step } from './script.ts';
import { shrink } from './shrink.ts';

export type SimulateOptions = {
  /** First seed, and how many from there on. */
  from: number;
  seeds: number;
  clients: number;
  /** Only people of these roles have computers; everybody may where none is named. */
  roles: readonly Role[];
  /** Steps per seed. */
  ops: number;
  /** The version to run on, where it is not the one that comes along. */
  postgres: 15 | null;
  plant: string | null;
  shrinks: boolean;
  /** Tells every step as it begins. */
  traces: boolean;
  tell: (line: string) => void;
  /** Takes the one line of JSON per seed. */
  result: (line: string) => void;
};

/** Runs seeds until one fails. `idle plant`: none did, and the mistake never happened, so that nothing is proven. */
export async function simulate(options: SimulateOptions): Promise<'ok' | 'failed' | 'idle plant'> {
  const progress = { seed: options.from, total: { ...noCounts } };
  try {
    const cluster = await Cluster.start(options.postgres === 15 ? { programs: findPostgres15() } : {});
    try {
      return await liveSeeds(cluster, options, progress);
    } finally {
      await cluster.stop();
    }
  } catch (error) {
    // Not even the simulator could go on; that too is told as every end is.
    const findings: Finding[] = [{ what: 'trouble', text: String((error as Error).stack) }];
    for (const { what, text } of findings) options.tell(`  ${what}: ${text}`);
    options.result(JSON.stringify(lastLine(progress.seed, { findings }, progress.total)));
    return 'failed';
  }
}

type Counts = Outcome['counts'];
const noCounts: Counts = {
  edits: 0,
  pushes: 0,
  pulls: 0,
  kills: 0,
  cuts: 0,
  clock_jumps: 0,
  scope_moves: 0,
  acked: 0,
  checked_docs: 0,
};

async function liveSeeds(
  cluster: Cluster,
  { from, seeds, clients, roles, ops, plant, shrinks, traces, tell, result }: SimulateOptions,
  progress: { seed: number; total: Counts },
): Promise<'ok' | 'failed' | 'idle plant'> {
  const { total } = progress;
  const strays = watchForStrays();
  for (let seed = from; seed < from + seeds; seed++) {
    progress.seed = seed;
    const started = performance.now();
    const rounds = writeScript(seed, clients, ops);
    const scenario = { seed, clients, roles, plant };
    const outcome = await run(cluster, scenario, rounds, traces ? tell : undefined);
    outcome.findings.push(...strays.splice(0));
    for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += outcome.counts[key];
    const took = Math.round(performance.now() - started);
    const failed = outcome.findings.length > 0;
    if (plant !== null) tell(`${plant} fired ${firings.count} times so far`);
    tell(`seed ${seed}: ${failed ? 'FAILED' : 'ok'} in ${took} ms, faults ${JSON.stringify(outcome.faults)}`);
    if (traces) tell(`edits ${JSON.stringify(outcome.kinds)}`);
    if (failed || seed === from + seeds - 1) {
      if (failed) await report(cluster, scenario, rounds, outcome, shrinks, tell);
      result(JSON.stringify(lastLine(seed, outcome, total)));
      if (failed) return 'failed';
      return plant !== null && firings.count === 0 ? 'idle plant' : 'ok';
    }
  }
  return 'ok';
}

/** What nobody waited for and nobody caught: on a computer it is an error in the console, and no better for that. */
function watchForStrays(): Finding[] {
  const strays: Finding[] = [];
  process.on('uncaughtException', (error: unknown) =>
    strays.push({ what: 'trouble', text: `nobody caught ${String((error as Error)?.stack ?? error)}` }),
  );
  return strays;
}

async function report(
  cluster: Cluster,
  scenario: Scenario,
  rounds: Step[][],
  outcome: Outcome,
  shrinks: boolean,
  tell: (line: string) => void,
): Promise<void> {
  for (const { what, text } of outcome.findings.slice(0, 20)) tell(`  ${what}: ${text}`);
  if (!shrinks) return;
  const lived = rounds.slice(0, outcome.rounds);
  const script = await shrink(lived, async (shorter) => (await run(cluster, scenario, shorter)).findings.length > 0);
  tell(`seed ${scenario.seed} fails with ${script.flat().length} steps:`);
  for (const steps of script) tell(`  ${JSON.stringify(steps)}`);
}

function lastLine(seed: number, { findings }: Pick<Outcome, 'findings'>, total: Counts): Record<string, unknown> {
  const count = (...kinds: string[]): number => findings.filter(({ what }) => kinds.includes(what)).length;
  return {
    ok: findings.length === 0,
    seed,
    ...total,
    divergent: count('divergent', 'stuck', 'twice', 'wrong', 'log', 'trouble'),
    lost: count('lost'),
    leaked: count('leaked'),
  };
}
