import { PeerMissingError, peerNames, type PeerName } from './beside/install-peer.ts';
import { measurePeer, type PeerFigures } from './beside/measure-peer.ts';
import {
  measureFirstPull,
  measureLatency,
  measurePush,
  measureSnapshot,
  type Latencies,
  type Pulled,
  type Pushed,
} from './ours/measure.ts';
import type { Options } from './options.ts';
import { measureRaw, type Throughput } from './raw/raw.ts';
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
  peers: Partial<Record<PeerName, PeerFigures>>;
  /** What was wanted and could not be measured here, and why. */
  left_out: Record<string, string>;
};

const pushedEdits = 5000;
const lostAnswers = 0.3;
const latencySamples = 300;

export async function measure(options: Options, tell: (line: string) => void): Promise<Measured> {
  const stage = await setStage(tell);
  try {
    return await measureOn(stage, options, tell);
  } finally {
    await stage.stop();
  }
}

async function measureOn(stage: Stage, options: Options, tell: (line: string) => void): Promise<Measured> {
  const { wanted, counts, rounds } = options;
  const measured: Measured = { counts: {}, peers: {}, left_out: {} };
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
  const peers = peerNames.filter((name) => wanted.has(name));
  if (peers.length > 0) await measurePeers(stage, peers, options, measured, tell);
  return measured;
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
      if (!(error instanceof PeerMissingError)) throw error;
      measured.left_out[name] = error.message;
      tell(error.message);
    }
  }
}
