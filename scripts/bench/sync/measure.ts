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
  raw?: { zstd: Throughput; plain: Throughput } | undefined;
  snapshot?: { zstd: Throughput; plain: Throughput } | undefined;
  first_pull?: Pulled | undefined;
};

/** What a run has measured; what was not wanted or could not run is missing. */
export type Measured = {
  counts: Record<number, Counted>;
  push?: Pushed | undefined;
  push_lossy?: Pushed | undefined;
  latency?: Latencies | undefined;
  revocation?: Revoked | undefined;
  renderer?: RendererFigures | undefined;
  scale?: ScaleFigures | undefined;
  peers: Partial<Record<PeerName, PeerFigures | undefined>>;
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
  const attempt = attempts(measured, tell);
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
    measured.renderer = await attempt('renderer', () => measureRenderer({ rounds: options.rounds, tell }));
    await stopSharedPostgres();
  }
  if (options.wanted.has('scale')) measured.scale = await attempt('scale', () => measureScale({ tell }));
  return measured;
}

/** What fails is left out and named, and takes nothing of what was measured with it. */
const attempts =
  (measured: Measured, tell: (line: string) => void) =>
  async <T>(part: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      measured.left_out[part] = (error as Error).message;
      tell(`${part} is left out: ${(error as Error).message}`);
      return undefined;
    }
  };

async function measureOn(
  stage: Stage,
  options: Options,
  measured: Measured,
  tell: (line: string) => void,
): Promise<void> {
  const { wanted, counts, rounds } = options;
  const attempt = attempts(measured, tell);
  const told = async <T>(part: string, what: string, work: () => Promise<T>): Promise<T | undefined> => {
    const figures = await attempt(part, work);
    if (figures !== undefined) tell(`${what}: ${JSON.stringify(figures)}`);
    return figures;
  };
  for (const count of wanted.has('raw') || wanted.has('pull') ? counts : []) {
    await stage.growTo(count);
    const counted: Counted = (measured.counts[count] = {});
    if (wanted.has('raw'))
      counted.raw = await told('raw', `raw stream of ${count}`, async () => ({
        zstd: await measureRaw(stage, 'zstd', rounds),
        plain: await measureRaw(stage, 'identity', rounds),
      }));
    if (!wanted.has('pull')) continue;
    counted.snapshot = await told('pull', `our answer with ${count}`, async () => ({
      zstd: await measureSnapshot(stage, 'zstd', rounds),
      plain: await measureSnapshot(stage, 'identity', rounds),
    }));
    counted.first_pull = await told('pull', `first pull of ${count}`, () => measureFirstPull(stage, count, rounds));
  }
  if (wanted.has('push')) {
    measured.push = await told('push', 'push', () => measurePush(stage, pushedEdits, 0, rounds));
    const lossy = (): Promise<Pushed> => measurePush(stage, pushedEdits, lostAnswers, rounds);
    measured.push_lossy = await told('push', 'push, answers lost', lossy);
  }
  if (wanted.has('latency'))
    measured.latency = await told('latency', 'latency', () => measureLatency(stage, latencySamples, rounds));
  if (wanted.has('revocation'))
    measured.revocation = await told('revocation', 'revocation', () =>
      measureRevocation(stage, revokedDocuments, rounds),
    );
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
  const attempt = attempts(measured, tell);
  for (const name of names) {
    const run = { file, counts, rounds, edits: pushedEdits, samples: latencySamples, tell };
    measured.peers[name] = await attempt(name, () => measurePeer(name, run));
  }
}
