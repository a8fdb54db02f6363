import { createDice, type Dice } from '../../sync-server/testing/oracle/world.ts';

/**
 * One thing that happens. `dice` seeds the choices made while it is carried out, so that a step does the same whatever
 * was left out before it.
 */
export type Step = { dice: number } & (
  | { do: 'edit'; device: number }
  | { do: 'burst'; device: number; count: number }
  | { do: 'elsewhere' }
  | { do: 'duel'; device: number }
  | { do: 'line'; device: number; mode: 'good' | 'off' | 'bad' }
  | { do: 'cut'; device: number }
  | { do: 'close' | 'kill' | 'upgrade'; device: number; clockMs: number }
  | { do: 'clock'; device: number; clockMs: number }
  | { do: 'disk'; device: number; mode: 'good' | 'full' | 'shaky' }
  | { do: 'kill server' | 'stop server'; server: number }
  | { do: 'restart postgres' }
  | { do: 'move' | 'order' }
  | { do: 'purge' | 'new history' }
  | { do: 'rebuild' | 'crash in flight'; device: number }
  | { do: 'wait'; ms: number }
);

const hour = 3_600_000;

type Choice = { weight: number; make: (dice: Dice, clients: number) => object };

/** What happens how often. Postgres is restarted at most once in a script: it takes its time. */
const choices: Choice[] = [
  { weight: 46, make: (d, n) => ({ do: 'edit', device: d.int(n) }) },
  { weight: 3, make: (d, n) => ({ do: 'burst', device: d.int(n), count: 5 + d.int(30) }) },
  { weight: 8, make: () => ({ do: 'elsewhere' }) },
  { weight: 5, make: (d, n) => ({ do: 'duel', device: d.int(n) }) },
  {
    weight: 12,
    make: (d, n) => ({ do: 'line', device: d.int(n), mode: d.pick(['good', 'off', 'bad', 'bad', 'bad'] as const) }),
  },
  { weight: 5, make: (d, n) => ({ do: 'cut', device: d.int(n) }) },
  { weight: 3, make: (d, n) => ({ do: 'close', device: d.int(n), clockMs: clockJump(d) }) },
  { weight: 4, make: (d, n) => ({ do: 'kill', device: d.int(n), clockMs: clockJump(d) }) },
  { weight: 1, make: (d, n) => ({ do: 'upgrade', device: d.int(n), clockMs: 0 }) },
  { weight: 3, make: (d, n) => ({ do: 'clock', device: d.int(n), clockMs: clockJump(d) }) },
  {
    weight: 6,
    make: (d, n) => ({
      do: 'disk',
      device: d.int(n),
      mode: d.pick(['good', 'full', 'shaky', 'shaky', 'shaky'] as const),
    }),
  },
  {
    weight: 2,
    make: (d) => ({ do: d.pick(['kill server', 'kill server', 'stop server'] as const), server: d.int(2) }),
  },
  { weight: 8, make: () => ({ do: 'move' }) },
  { weight: 2, make: (d) => ({ do: d.pick(['purge', 'purge', 'new history'] as const) }) },
  { weight: 2, make: () => ({ do: 'order' }) },
  { weight: 2, make: (d, n) => ({ do: 'crash in flight', device: d.int(n) }) },
  { weight: 1, make: (d, n) => ({ do: 'rebuild', device: d.int(n) }) },
  { weight: 6, make: (d) => ({ do: 'wait', ms: d.int(60) }) },
];

const clockJump = (dice: Dice): number => dice.pick([0, 0, -5, -1, 1, 5]) * hour;

/** The rounds of a seed: each ends with everybody online and compared. The same arguments give the same rounds. */
export function writeScript(seed: number, clients: number, ops: number, rounds = 3): Step[][] {
  const dice = createDice(seed);
  const whole = choices.reduce((sum, { weight }) => sum + weight, 0);
  const steps = Array.from({ length: ops }, (): Step => {
    let at = dice.int(whole);
    const choice = choices.find(({ weight }) => (at -= weight) < 0)!;
    return { ...choice.make(dice, clients), dice: dice.int(2 ** 31) } as Step;
  });
  if (dice.chance(0.25)) steps.splice(dice.int(steps.length), 0, { do: 'restart postgres', dice: dice.int(2 ** 31) });
  const size = Math.ceil(steps.length / rounds);
  return Array.from({ length: rounds }, (_, at) => steps.slice(at * size, (at + 1) * size));
}
