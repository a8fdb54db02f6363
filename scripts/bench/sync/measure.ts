import { stopSharedPostgres } from '../../../electron/e2e/support/academy.ts';
import { peerNames, type PeerName } from './beside/install-peer.ts';
import { measurePeer, type PeerFigures } from './beside/measure-peer.ts';
import {
  measureFirstPull,
  measureLatency,
  measurePush,
  measureRevocation,
  measureSnapshot,
  type Latencies,
  type Pulled,
  type Pushed,
  type Revoked,
} from './ours/measure.ts';
import { parts, type Options, type Part } from './options.ts';
import { measureRaw, type Throughput } from './raw/raw.ts';
import { measureRenderer, type RendererFigures } from './renderer/index.ts';
import { measureScale, type ScaleFigures } from './scale/measure.ts';
import { setStage, type Stage } from './stage.ts';

/** Of one number of documents. */
export type Counted = {
  raw?: { zstd: Throughput; plain: Throughput };
  snapshot?: { zstd: Throughput; plain: Throughput };
  first_pull?: Pulled;
};

/** What a run has measured; what was not wanted or could not run is missing. */
export type Measured = {
  counts: Record<number, Counted>;
  push?: Pushed;
  push_lossy?: Pushed;
  latency?: Latencies;
  revocation?: Revoked;
  renderer?: RendererFigures;
  scale?: ScaleFigures;
  peers: Partial<Record<PeerName, PeerFigures>>;
  /** What was wanted and could not be measured here, and why. */
  left_out: Record<string, string>;
};

const pushedEdits = 5000;
const revokedDocuments = 5000;
const lostAnswers = 0.3;
const latencySamples = 300;

/** These bring their own servers. */
const ownStages: readonly Part[] = ['renderer', 'scale'];

export async function measure(options: Options, tell: (line: string) => void): Promise<Measured> {
  const measured: Measured = { counts: {}, peers: {}, left_out: {} };
  if (parts.some((part) => options.wanted.has(part) && !ownStages.includes(part))) {
    const stage = await setStage(tell);
    try {
      await measureOn(stage, options, measured, tell);
    } finally {
      await stage.stop();
    }
  }
  // Alone on the machine: no server process of the stage is left.
  if (options.wanted.has('renderer')) {
    measured.renderer = await measureRenderer({ rounds: options.rounds, tell });
    await stopSharedPostgres();
  }
  if (options.wanted.has('scale')) measured.scale = await measureScale({ tell });
  return measured;
}

async function measureOn(
  stage: Stage,
  options: Options,
  measured: Measured,
  tell: (line: string) => void,
): Promise<void> {
  const { wanted, counts, rounds } = options;
  const told = <T>(what: string, figures: T): T => {
    tell(`${what}: ${JSON.stringify(figures)}`);
    return figures;
  };
  for (const count of wanted.has('raw') || wanted.has('pull') ? counts : []) {
    await stage.growTo(count);
    const counted: Counted = (measured.counts[count] = {});
    if (wanted.has('raw')) {
      const zstd = await measureRaw(stage, 'zstd', rounds);
      counted.raw = told(`raw stream of ${count}`, { zstd, plain: await measureRaw(stage, 'identity', rounds) });
    }
    if (wanted.has('pull')) {
      const zstd = await measureSnapshot(stage, 'zstd', rounds);
      counted.snapshot = told(`our answer with ${count}`, {
        zstd,
        plain: await measureSnapshot(stage, 'identity', rounds),
      });
      counted.first_pull = told(`first pull of ${count}`, await measureFirstPull(stage, count, rounds));
    }
  }
  if (wanted.has('push')) {
    measured.push = told('push', await measurePush(stage, pushedEdits, 0, rounds));
    measured.push_lossy = told('push, answers lost', await measurePush(stage, pushedEdits, lostAnswers, rounds));
  }
  if (wanted.has('latency')) measured.latency = told('latency', await measureLatency(stage, latencySamples, rounds));
  if (wanted.has('revocation'))
    measured.revocation = told('revocation', await measureRevocation(stage, revokedDocuments, rounds));
  const peers = peerNames.filter((name) => wanted.has(name));
  if (peers.length > 0) await measurePeers(stage, peers, options, measured, tell);
}

/** Beside ours, one after the other, with our own documents. A peer that cannot be had here is left out, and said so. */
async function measurePeers(
  stage: Stage,
  names: readonly PeerName[],
  { counts, rounds }: Options,
  measured: Measured,
  tell: (line: string) => void,
): Promise<void> {
  await stage.growTo(Math.max(...counts, pushedEdits));
  const file = await stage.writeDocuments();
  for (const name of names) {
    try {
      const run = { file, counts, rounds, edits: pushedEdits, samples: latencySamples, tell };
      measured.peers[name] = await measurePeer(name, run);
    } catch (error) {
      // Ours are measured whatever becomes of them.
      measured.left_out[name] = (error as Error).message;
      tell((error as Error).message);
    }
  }
}
