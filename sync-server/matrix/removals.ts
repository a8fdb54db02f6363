import { createDice } from '../testing/oracle/world.ts';
import type { Mutant } from './mutants.ts';
import type { Tell } from './run.ts';
import { Tally } from './tally.ts';

/** As many of each kind as there are: grants would otherwise drown the few guards and lists of roles. */
export function chooseMutants(all: readonly Mutant[], wanted: number, seed: number): Mutant[] {
  const dice = createDice(seed);
  const kinds = Map.groupBy(all, ({ kind }) => kind);
  return Array.from({ length: Math.min(wanted, all.length) }, () => {
    const left = dice.pick([...kinds.values()].filter((mutants) => mutants.length > 0));
    return left.splice(dice.int(left.length), 1)[0]!;
  });
}

/** Takes one away at a time; answers the names of those that nothing noticed. */
export async function tryMutants(mutants: readonly Mutant[], tell: Tell): Promise<string[]> {
  const missed: string[] = [];
  for (const { name, apply, check } of mutants) {
    const tally = new Tally();
    const restore = await apply();
    try {
      await check(tally);
    } finally {
      await restore();
    }
    if (tally.wrong.length === 0) missed.push(name);
    else tell(`noticed: ${name} (${tally.wrong[0]!})`);
  }
  return missed;
}
