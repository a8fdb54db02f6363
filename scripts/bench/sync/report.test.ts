import { expect, test } from 'vitest';
import type { Measured } from './measure.ts';
import { describe } from './report.ts';

const throughput = (ms: number, wire_mb: number) => ({ ms, all_ms: [ms], docs_per_second: 1, wire_mb, documents: 1 });
const pulled = (ms: number) => ({
  ms,
  all_ms: [ms],
  settled_ms: ms,
  opened_ms: 1,
  server_memory_mib: 170,
  server_memory_sign_in_mib: 210,
  server_memory_before_mib: 100,
});

const measured: Measured = {
  counts: {
    10_000: {
      raw: { zstd: throughput(100, 1), plain: throughput(50, 5) },
      snapshot: { zstd: throughput(150, 1.1), plain: throughput(100, 5.1) },
      first_pull: pulled(300),
    },
    50_000: {
      raw: { zstd: throughput(400, 5), plain: throughput(200, 25) },
      snapshot: { zstd: throughput(800, 5.5), plain: throughput(500, 25) },
      first_pull: pulled(1500),
    },
  },
  push: { ms: 500, all_ms: [500], written_ms: 1, requests: [5], lost: [0] },
  latency: { p50_ms: 6, p99_ms: 12, max_ms: 20, samples: 300 },
  peers: {
    zero: {
      initial: { 10_000: { ms: 1000, all_ms: [1000], wire_mb: 5, server_memory_mib: 1000 } },
      push: { ms: 5000, all_ms: [5000] },
      latency: { p50_ms: 12, p99_ms: 40, samples: 300 },
    },
  },
  left_out: { 'rxdb-server': 'no registry' },
};

test('a ratio is ours divided by the other, and both stand beside it', () => {
  const { ratios, raw } = describe(measured);
  expect(ratios).toMatchObject({
    initial_10k_vs_zero: 0.3,
    latency_p50_vs_zero: 0.5,
    wire_vs_raw_zstd: 1.1,
    snapshot_50k_vs_raw_plain: 2.5,
    push_5000_vs_zero: 0.1,
  });
  expect(raw['initial_10k_vs_zero']).toEqual({ ours: 300, other: 1000 });
  // The wire is compared at the largest count.
  expect(raw['wire_vs_raw_zstd']).toEqual({ ours: 5.5, other: 5 });
});

test('what was not measured has no ratio, and says why where it was wanted', () => {
  const report = describe(measured);
  expect(report.ratios).toMatchObject({
    initial_10k_vs_rxdb_server: null,
    push_5000_vs_rxdb_server: null,
    renderer_10k_vs_ceiling: null,
  });
  expect(report.raw['push_5000_vs_rxdb_server']).toEqual({ ours: 500, other: null });
  expect(report.measured.left_out).toEqual({ 'rxdb-server': 'no registry' });
  expect(report.figures).toMatchObject({ initial_50000_ms: 1500, wire_50000_mb: 5.5, revocation_5000_ms: null });
});

test('growth is told by rows with few tombstones and by tombstones at the most rows; idle devices by what they add', () => {
  const { figures } = describe({
    ...measured,
    scale: {
      fan_out: { streams: 1000, writes: 30, p50: 10, p99: 40, last_p50: 30, last_max: 50 },
      idle: { without: 1, with: 5.5 },
      growth: [
        { rows: 10_000, tombstones: 10, ms: 2 },
        { rows: 1_000_000, tombstones: 10, ms: 2.4 },
        { rows: 1_000_000, tombstones: 100_000, ms: 3.6 },
      ],
    },
  });
  expect(figures).toMatchObject({
    fan_out_1000_streams_p99_ms: 40,
    idle_transactions_per_second: 4.5,
    growth_rows: 1.2,
    growth_tombstones: 1.5,
    memory_per_stream_kib: null,
  });
});
