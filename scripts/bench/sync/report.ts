import type { Measured } from './measure.ts';
import type { RendererFigures } from './renderer/index.ts';
import type { ScaleFigures } from './scale/measure.ts';
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

function pairsOf(measured: Measured): Record<string, Pair> {
  return { ...namedPairs(measured), ...rawPairs(measured), ...peerPairs(measured) };
}

/** The ratios that have a limit. */
function namedPairs({ counts, push, latency, peers, renderer }: Measured): Record<string, Pair> {
  const { zero, 'rxdb-server': rxdb } = peers;
  const first = counts[10_000]?.first_pull?.ms;
  const largest = counts[Math.max(...Object.keys(counts).map(Number))];
  return {
    initial_10k_vs_zero: pair(first, zero?.initial[10_000]?.ms),
    initial_10k_vs_rxdb_server: pair(first, rxdb?.initial[10_000]?.ms),
    latency_p50_vs_zero: pair(latency?.p50_ms, zero?.latency.p50_ms),
    push_5000_vs_rxdb_server: pair(push?.ms, rxdb?.push.ms),
    wire_vs_raw_zstd: pair(largest?.snapshot?.zstd.wire_mb, largest?.raw?.zstd.wire_mb),
    renderer_10k_vs_ceiling: pair(renderer?.ours.both_ways_10k.ms, renderer?.ceiling.both_ways_10k.ms),
  };
}

/** Milliseconds in the real renderer; `longest_task` is the browser's own count. */
function rendererFigures({ ours, home }: RendererFigures): Record<string, number> {
  return {
    renderer_10k_both_ways_ms: ours.both_ways_10k.ms,
    renderer_10k_pull_only_ms: ours.pull_only_10k.ms,
    renderer_50k_both_ways_ms: ours.both_ways_50k.ms,
    renderer_longest_task_10k_ms: Math.max(ours.both_ways_10k.longest_task_ms, ours.pull_only_10k.longest_task_ms),
    renderer_longest_task_50k_ms: Math.max(ours.both_ways_50k.longest_task_ms, ours.pull_only_50k.longest_task_ms),
    home_usable_behind_10k_ms: home.behind_10k.home_ms,
    home_usable_behind_50k_ms: home.behind_50k.home_ms,
  };
}

function rawPairs({ counts }: Measured): Record<string, Pair> {
  return Object.assign(
    {},
    ...Object.entries(counts).map(([count, { raw, snapshot }]) => ({
      [`wire_${short(count)}_vs_raw_zstd`]: pair(snapshot?.zstd.wire_mb, raw?.zstd.wire_mb),
      [`snapshot_${short(count)}_vs_raw_zstd`]: pair(snapshot?.zstd.ms, raw?.zstd.ms),
      [`snapshot_${short(count)}_vs_raw_plain`]: pair(snapshot?.plain.ms, raw?.plain.ms),
    })),
  ) as Record<string, Pair>;
}

function peerPairs({ counts, push, latency, peers }: Measured): Record<string, Pair> {
  const pairs: Record<string, Pair> = {};
  for (const [peer, figures] of Object.entries(peers)) {
    if (!figures) continue;
    const name = peer.replaceAll('-', '_');
    for (const [count, { ms }] of Object.entries(figures.initial))
      pairs[`initial_${short(count)}_vs_${name}`] = pair(counts[Number(count)]?.first_pull?.ms, ms);
    pairs[`push_5000_vs_${name}`] = pair(push?.ms, figures.push.ms);
    pairs[`latency_p50_vs_${name}`] = pair(latency?.p50_ms, figures.latency.p50_ms);
    pairs[`latency_p99_vs_${name}`] = pair(latency?.p99_ms, figures.latency.p99_ms);
  }
  return pairs;
}

const pair = (ours: number | undefined, other: number | undefined): Pair => ({
  ours: ours ?? null,
  other: other ?? null,
});
const short = (count: string): string => `${Number(count) / 1000}k`;

/** Of one server process with many devices; `growth` is the dearest pull of one change divided by the cheapest. */
function scaleFigures({ fan_out, idle, reconnect, memory, growth }: ScaleFigures): Record<string, number | null> {
  const few = growth ? Math.min(...growth.map(({ tombstones }) => tombstones)) : 0;
  const over = (entries: ScaleFigures['growth'] = []): number | null => {
    const ms = entries.map((entry) => entry.ms);
    return ms.length > 1 ? rounded(Math.max(...ms) / Math.min(...ms), 2) : null;
  };
  const most = growth ? Math.max(...growth.map(({ rows }) => rows)) : 0;
  return {
    fan_out_1000_streams_p99_ms: fan_out?.p99 ?? null,
    memory_per_stream_kib: memory?.kib_per_stream ?? null,
    reconnect_1000_devices_s: reconnect?.all_s ?? null,
    idle_transactions_per_second: idle ? rounded(idle.with - idle.without, 2) : null,
    growth_rows: over(growth?.filter(({ tombstones }) => tombstones === few)),
    growth_tombstones: over(growth?.filter(({ rows }) => rows === most)),
  };
}

function figuresOf(measured: Measured): Record<string, unknown> {
  const { counts, push, push_lossy, latency, revocation, renderer, scale } = measured;
  const pulls = Object.entries(counts).flatMap(([count, { first_pull, snapshot }]) => [
    [`initial_${count}_ms`, first_pull?.ms ?? null],
    [`server_memory_${count}_mib`, first_pull?.server_memory_mib ?? null],
    [`server_memory_sign_in_${count}_mib`, first_pull?.server_memory_sign_in_mib ?? null],
    [`wire_${count}_mb`, snapshot?.zstd.wire_mb ?? null],
  ]);
  return {
    ...Object.fromEntries(pulls),
    push_5000_ms: push?.ms ?? null,
    push_5000_with_lost_answers_ms: push_lossy?.ms ?? null,
    latency_p50_ms: latency?.p50_ms ?? null,
    latency_p99_ms: latency?.p99_ms ?? null,
    revocation_5000_ms: revocation?.ms ?? null,
    ...(renderer ? rendererFigures(renderer) : {}),
    ...(scale ? scaleFigures(scale) : {}),
  };
}
