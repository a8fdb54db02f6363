import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCountingProxy } from '../counting-proxy.ts';
import { warmChanges } from '../ours/measure.ts';
import { median, percentile, rounded } from '../statistics.ts';
import { installPeer, type PeerName } from './install-peer.ts';
import { startLogicalPostgres } from './logical-postgres.ts';
import { startPeerServer, type PeerServer } from './peer-server.ts';
import { watchTree } from './tree-memory.ts';

export type PeerFigures = {
  initial: Record<number, { ms: number; all_ms: number[]; wire_mb: number; server_memory_mib: number | null }>;
  push: { ms: number; all_ms: number[] };
  latency: { p50_ms: number; p99_ms: number; samples: number };
};

export type PeerRun = {
  /** Our documents, one a line, at least as many as the largest count. */
  file: string;
  counts: readonly number[];
  rounds: number;
  edits: number;
  samples: number;
  tell: (line: string) => void;
};

/** Documents both clients hold while the latency is measured; ours hold as many. */
const latencyCount = 1000;
/** First pulls before those that are timed. */
const warmRounds = 3;

/** The same as of ours, of one peer: its own server, its own client in a process of its own. */
export async function measurePeer(name: PeerName, run: PeerRun): Promise<PeerFigures> {
  const folder = await installPeer(name, run.tell);
  const directory = mkdtempSync(path.join(tmpdir(), `growth-bench-${name}-`));
  const postgres = name === 'zero' ? await startLogicalPostgres(path.join(directory, 'pg')) : null;
  let serial = 0;
  const withServer = async <T>(count: number, work: (server: PeerServer, given: object) => Promise<T>): Promise<T> => {
    const databaseUrl = await postgres?.newDatabase();
    const own = { file: run.file, directory: path.join(directory, `server-${++serial}`), databaseUrl };
    const server = await startPeerServer(folder, { ...own, count });
    try {
      return await work(server, { port: server.port, file: run.file, databaseUrl, count });
    } finally {
      await server.stop();
    }
  };
  const ask = (task: string, given: object): Promise<{ ms: number[] | number }> => runTask(folder, task, given);
  try {
    const initial: PeerFigures['initial'] = {};
    for (const count of run.counts) {
      initial[count] = await withServer(count, (server, given) => firstPulls(server, given, run.rounds, ask));
      run.tell(`${name}, first pull of ${count}: ${JSON.stringify(initial[count])}`);
    }
    const pushes: number[] = [];
    for (let round = 0; round < run.rounds; round += 1)
      pushes.push(await withServer(0, (server, given) => pushOnce(name, server, { ...given, edits: run.edits }, ask)));
    run.tell(`${name}, push: ${JSON.stringify(pushes)}`);
    const { ms } = await withServer(latencyCount, (_, given) =>
      ask('latency', { ...given, samples: run.samples + warmChanges }),
    );
    const latency = latencyOf((ms as number[]).slice(warmChanges));
    run.tell(`${name}, latency: ${JSON.stringify(latency)}`);
    return { initial, push: { ms: median(pushes), all_ms: pushes }, latency };
  } finally {
    await postgres?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Another client asks before: our server was asked before it is timed, too. Its bytes are the ones that are counted. */
async function firstPulls(
  server: PeerServer,
  given: object,
  rounds: number,
  ask: (task: string, given: object) => Promise<{ ms: number[] | number }>,
): Promise<PeerFigures['initial'][number]> {
  const memory = watchTree(server.pid);
  const proxy = await startCountingProxy(server.port);
  await ask('initial', { ...given, port: proxy.port, rounds: warmRounds });
  const wire_mb = rounded(proxy.bytes.down / warmRounds / 1e6, 3);
  proxy.close();
  const { ms } = (await ask('initial', { ...given, rounds })) as { ms: number[] };
  return { ms: rounded(median(ms)), all_ms: ms.map((one) => rounded(one)), wire_mb, server_memory_mib: memory.stop() };
}

/** Another client pushes as much to another place before: a server that runs knows the way. */
async function pushOnce(
  name: PeerName,
  server: PeerServer,
  given: { edits: number },
  ask: (task: string, given: object) => Promise<{ ms: number[] | number }>,
): Promise<number> {
  await ask('push', { ...given, place: 'warm' });
  const before = await server.count();
  const { ms } = await ask('push', { ...given, place: 'notes' });
  const pushed = (await server.count()) - before;
  if (pushed !== given.edits) throw new Error(`${name} took ${pushed} of ${given.edits} pushed documents`);
  return rounded(ms as number);
}

const latencyOf = (ms: readonly number[]): PeerFigures['latency'] => ({
  p50_ms: rounded(percentile(ms, 0.5), 2),
  p99_ms: rounded(percentile(ms, 0.99), 2),
  samples: ms.length,
});

/** A peer that never gets there would hold up everything after it. */
const patienceMs = 120_000;

function runTask(folder: string, name: string, task: object): Promise<{ ms: number[] | number }> {
  const child = fork(path.join(folder, 'client.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const peer = path.basename(folder);
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  return new Promise((resolve, reject) => {
    child.once('message', ({ result, error }: { result?: { ms: number[] | number }; error?: string }) => {
      clearTimeout(timer);
      if (result === undefined) reject(new Error(`${peer} failed in ${name}: ${error}`));
      else resolve(result);
    });
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`${peer} did not end ${name}`));
    });
    child.send({ name, task });
  });
}
