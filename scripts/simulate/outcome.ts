import type { Device } from './device.ts';
import type { Ledger } from './ledger.ts';

export type Counts = Record<
  'edits' | 'pushes' | 'pulls' | 'kills' | 'cuts' | 'clock_jumps' | 'scope_moves' | 'acked' | 'checked_docs',
  number
>;

/** What happened in a seed, added up. */
export function countsOf(
  devices: readonly Device[],
  counts: Pick<Counts, 'kills' | 'clock_jumps' | 'scope_moves' | 'acked' | 'checked_docs'>,
  ledger: Ledger,
): { counts: Counts; faults: Record<string, number>; kinds: Record<string, number> } {
  const lines = devices.flatMap((device) => device.lines);
  const sum = (of: (line: (typeof lines)[number]) => number): number => lines.reduce((all, line) => all + of(line), 0);
  const faults: Record<string, number> = {};
  for (const line of lines)
    for (const [fault, count] of Object.entries(line.counts.faults)) faults[fault] = (faults[fault] ?? 0) + count;
  const writes = devices.reduce((all, { disk }) => all + disk.failures, 0);
  if (writes > 0) faults['write failed'] = writes;
  return {
    faults,
    kinds: Object.fromEntries(ledger.kinds),
    counts: {
      edits: ledger.edits,
      pushes: sum((line) => line.counts.pushes),
      pulls: sum((line) => line.counts.pulls),
      cuts: sum((line) => line.counts.cuts),
      ...counts,
    },
  };
}
