import { setTimeout as pause } from 'node:timers/promises';
import type { Role } from '#contract/roles.ts';
import { createDice } from '../../sync-server/testing/oracle/world.ts';
import { answerProblems } from './answers.ts';
import { Academy, type Cluster } from './cluster.ts';
import type { Finding } from './judge/finding.ts';
import { notePlaces } from './judge/places.ts';
import { countsOf, type Counts } from './outcome.ts';
import { academies, castOf, createAcademy } from './people.ts';
import type { Step } from './script.ts';
import { everybodyQuiet, settleAndJudge } from './settle-and-judge.ts';
import { takeStep } from './take-step.ts';
import { closeWorld, createWorld, look, tellTroubles, type World } from './world.ts';

export type Outcome = {
  findings: Finding[];
  counts: Counts;
  faults: Record<string, number>;
  /** How often each kind of edit was made. */
  kinds: Record<string, number>;
  /** Rounds that were begun before something was found. */
  rounds: number;
};

/** What is lived through: the seed makes the academy and says who has a computer. */
export type Scenario = { seed: number; clients: number; roles: readonly Role[]; plant: string | null };

/** Lives the rounds of one seed through and judges each. */
export async function run(
  cluster: Cluster,
  { seed, clients, roles, plant }: Scenario,
  rounds: readonly Step[][],
  trace: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const number = seed % academies;
  const { template, filled } = await cluster.academy(number, (database) => createAcademy(database, number));
  const academy = await Academy.open(cluster, template, plant);
  const world = createWorld(cluster, academy, castOf(filled, seed, roles), seed, clients);
  const { findings, devices, counts, ledger } = world;
  let begun = 0;
  try {
    await inTime(world, 'the beginning', () => begin(world));
    for (const [at, steps] of rounds.entries()) {
      if (findings.length > 0) break;
      begun += 1;
      for (const step of steps) {
        trace(JSON.stringify(step));
        await inTime(world, JSON.stringify(step), () => takeStep(world, step));
        if (findings.length > 0) break;
      }
      if (findings.length > 0) break;
      trace('everybody online');
      await inTime(world, 'the end of a round', () => settleAndJudge(world, at + 1));
      if (findings.length > 0) break;
      await inTime(world, 'answering problems', () => answer(world, seed + at));
    }
    return { findings, ...countsOf(devices, counts, ledger), rounds: begun };
  } finally {
    await closeWorld(world);
  }
}

async function begin(world: World): Promise<void> {
  for (const device of world.devices) await device.start();
  await everybodyQuiet(world.devices);
  await look(world);
  await notePlaces(world.academy.database, world.places);
}

/** Everybody deals with some of their problems, before the next round. */
async function answer({ devices, ledger }: World, dice: number): Promise<void> {
  for (const [at, device] of devices.entries()) await answerProblems(device, createDice(dice * 8 + at), ledger);
}

/** Longer than anything takes: what has not ended by then, hangs. */
const hangsMs = 240_000;

async function inTime(world: World, what: string, work: () => Promise<void>): Promise<void> {
  const limit = new AbortController();
  const late = pause(hangsMs, true, { signal: limit.signal }).catch(() => false);
  const worked = work().then(
    () => false,
    (error: unknown) => {
      world.findings.push({ what: 'trouble', text: `${what}: ${String((error as Error).stack)}` });
      tellTroubles(world, what);
      return false;
    },
  );
  const hangs = await Promise.race([worked, late]);
  limit.abort();
  if (hangs) world.findings.push({ what: 'stuck', text: `${what} does not end` });
}
