import type { Measured } from './measure.ts';
import { rounded } from './statistics.ts';

/** Ours and what it is compared with, in the unit that its name says. */
type Pair = { ours: number | null; other: number | null };

/** The last line of the output: ours divided by the other, both figures of each, and figures that stand alone. */
export type Report = {
  ratios: Record<string, number | null>;
  raw: Record<string, Pair>;
  figures: Record<string, unknown>;
  measured: Measured;
};

export function describe(measured: Measured): Report {
  const pairs = pairsOf(measured);
  const ratios = Object.fromEntries(
    Object.entries(pairs).map(([name, { ours, other }]) => [name, ours && other ? rounded(ours / other, 3) : null]),
  );
  return { ratios, raw: pairs, figures: figuresOf(measured), measured };
}

function pairsOf({ counts }: Measured): Record<string, Pair> {
  const pairs: Record<string, Pair> = {};
  for (const [count, { raw, snapshot }] of Object.entries(counts)) {
    const name = `${Number(count) / 1000}k`;
    pairs[`wire_vs_raw_zstd_${name}`] = { ours: snapshot?.zstd.wire_mb ?? null, other: raw?.zstd.wire_mb ?? null };
    pairs[`snapshot_${name}_vs_raw_zstd`] = { ours: snapshot?.zstd.ms ?? null, other: raw?.zstd.ms ?? null };
    pairs[`snapshot_${name}_vs_raw_plain`] = { ours: snapshot?.plain.ms ?? null, other: raw?.plain.ms ?? null };
  }
  const largest = counts[Math.max(...Object.keys(counts).map(Number))];
  pairs['wire_vs_raw_zstd'] = {
    ours: largest?.snapshot?.zstd.wire_mb ?? null,
    other: largest?.raw?.zstd.wire_mb ?? null,
  };
  return pairs;
}

function figuresOf({ counts, push, push_lossy, latency }: Measured): Record<string, unknown> {
  const pulls = Object.entries(counts).flatMap(([count, { first_pull, snapshot }]) => [
    [`initial_${count}_ms`, first_pull?.ms ?? null],
    [`server_memory_${count}_mib`, first_pull?.server_memory_mib ?? null],
    [`wire_${count}_mb`, snapshot?.zstd.wire_mb ?? null],
  ]);
  return {
    ...Object.fromEntries(pulls),
    push_5000_ms: push?.ms ?? null,
    push_5000_with_lost_answers_ms: push_lossy?.ms ?? null,
    latency_p50_ms: latency?.p50_ms ?? null,
    latency_p99_ms: latency?.p99_ms ?? null,
  };
}
