import type { Step } from './script.ts';

/** Attempts in which a shorter script is looked for; each takes as long as a run. */
const attempts = 16;
/** Where runs take long because something hangs, not even so many. */
const longestMs = 300_000;

/** Leaves steps out, half of them at a time and then fewer, as long as it still fails. Timing has its part, so it does what it can. */
export async function shrink(
  rounds: readonly Step[][],
  fails: (rounds: Step[][]) => Promise<boolean>,
): Promise<Step[][]> {
  let best = rounds.map((steps) => [...steps]);
  const started = performance.now();
  let left = attempts;
  const mayGoOn = (): boolean => left > 0 && performance.now() - started < longestMs;
  for (let size = Math.ceil(best.flat().length / 2); size >= 1 && mayGoOn(); size = Math.floor(size / 2)) {
    for (let from = 0; from < best.flat().length && mayGoOn();) {
      const shorter = without(best, from, size);
      left -= 1;
      if (await fails(shorter)) best = shorter;
      else from += size;
    }
  }
  return best.filter((steps) => steps.length > 0);
}

function without(rounds: readonly Step[][], from: number, size: number): Step[][] {
  let at = 0;
  return rounds.map((steps) =>
    steps.filter(() => {
      const place = at++;
      return place < from || place >= from + size;
    }),
  );
}
