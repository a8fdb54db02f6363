import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../../../sync-server/db/embedded-postgres.ts';
import { createCompany, createCourse } from '../../../../sync-server/testing/people.ts';
import { buildTemplate, createTestDatabase, type TestDatabase } from '../../../../sync-server/testing/test-database.ts';
import { memoryNow } from '../process-memory.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { rounded } from '../statistics.ts';
import { gather, pullAll, type Device } from './crowd.ts';
import { measureFanOut, warmUps, type FanOut } from './fan-out.ts';
import { measureGrowth, type Growth } from './growth.ts';
import { transactionsPerSecond } from './idle.ts';
import { openAll } from './raw-stream.ts';
import { countProcessor, type ProcessorTime } from './processor-time.ts';
import { measureReconnect, type Reconnect } from './reconnect.ts';
import { measureThroughput, type Throughput } from './throughput.ts';

export const scaleParts = ['fan-out', 'reconnect', 'memory', 'growth', 'throughput'] as const;
export type ScalePart = (typeof scaleParts)[number];

/** How the server behaves with many devices; a part that was not wanted is missing. */
export type ScaleFigures = {
  fan_out?: FanOut & { each: ProcessorTime };
  /** Transactions a second of the whole database with no stream, and with `fan_out.streams` idle ones. */
  idle?: { without: number; with: number };
  reconnect?: Reconnect & { each: ProcessorTime };
  memory?: { streams: number; before_mib: number; after_mib: number; kib_per_stream: number };
  growth?: Growth;
  throughput?: { one: Throughput; two: Throughput; devices: number };
};

type Options = { wanted?: ReadonlySet<ScalePart>; tell?: (line: string) => void };

/** Measures on a PostgreSQL of its own, with server processes as in production and readers in this one. */
export async function measureScale({
  wanted = new Set(scaleParts),
  tell = () => undefined,
}: Options = {}): Promise<ScaleFigures> {
  const directory = mkdtempSync(path.join(tmpdir(), 'growth-bench-scale-'));
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'pg'), maxConnections: 120 });
  try {
    await buildTemplate(postgres.url);
    const database = await createTestDatabase(postgres.url);
    await createCompany(database.server);
    const course = await createCourse(database.server);
    const figures = await measureOn(
      { database, course, filesDir: path.join(directory, 'files'), postgres: path.join(directory, 'pg'), tell },
      wanted,
    );
    await database.drop();
    return figures;
  } finally {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

type Stage = {
  database: TestDatabase;
  course: string;
  filesDir: string;
  postgres: string;
  tell: (line: string) => void;
};

async function measureOn(stage: Stage, wanted: ReadonlySet<ScalePart>): Promise<ScaleFigures> {
  const figures: ScaleFigures = {};
  const told = <T>(what: string, value: T): T => {
    stage.tell(`${what}: ${JSON.stringify(value)}`);
    return value;
  };
  if (wanted.has('fan-out') || wanted.has('reconnect'))
    await withServers(stage, 1, async ([server]) => {
      const crowd = await arrive(stage, 1000, 'fan');
      await pullAll(server!.url, crowd);
      if (wanted.has('fan-out')) Object.assign(figures, told('fan-out', await fanOut(stage, server!, crowd)));
      if (wanted.has('reconnect')) figures.reconnect = told('reconnect', await reconnect(stage, server!, crowd));
    });
  if (wanted.has('memory'))
    await withServers(stage, 1, async ([server]) => {
      figures.memory = told('memory', await memory(server!, await arrive(stage, 5000, 'mem')));
    });
  if (wanted.has('throughput')) figures.throughput = told('throughput', await throughput(stage));
  if (wanted.has('growth'))
    await withServers(stage, 1, async ([server]) => {
      const [device] = await arrive(stage, 1, 'grow');
      const { database, course, tell } = stage;
      const sizes = [10_000, 100_000, 1_000_000];
      figures.growth = await measureGrowth(database.server, server!.url, device!, course, sizes, [10, 100_000], tell);
    });
  return figures;
}

async function withServers(
  { database, filesDir }: Stage,
  count: number,
  work: (servers: readonly ServerProcess[]) => Promise<void>,
): Promise<void> {
  const servers: ServerProcess[] = [];
  try {
    while (servers.length < count)
      servers.push(await startServerProcess('api', { DATABASE_URL: database.url, FILES_DIR: filesDir }));
    await work(servers);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function arrive({ database, tell }: Stage, count: number, name: string): Promise<Device[]> {
  tell(`${count} devices`);
  const crowd = await gather(database.server, count, name);
  await database.server.query('vacuum analyze');
  return crowd;
}

async function fanOut({ database, course, postgres }: Stage, { url, pid }: ServerProcess, crowd: readonly Device[]) {
  const without = await transactionsPerSecond(database.server, 10);
  const streams = await openAll(url, crowd);
  const idle = { without, with: await transactionsPerSecond(database.server, 10) };
  const writes = 20;
  const stop = countProcessor([pid], postgres);
  const figures = await measureFanOut(database.server, course, streams, writes);
  const each = stop((writes + warmUps) * streams.length);
  for (const stream of streams) stream.close();
  return { fan_out: { ...figures, each }, idle };
}

async function reconnect({ database, course, postgres }: Stage, { url, pid }: ServerProcess, crowd: readonly Device[]) {
  // What they missed.
  await database.server.query("update courses set description = 'While everybody was away' where id = $1", [course]);
  const stop = countProcessor([pid], postgres);
  const { figures, streams } = await measureReconnect(url, crowd);
  const each = stop(crowd.length);
  for (const stream of streams) stream.close();
  return { ...figures, each };
}

async function memory({ url, pid }: ServerProcess, crowd: readonly Device[]) {
  // A first hundred brings in code and pools; what is counted comes after.
  const first = await openAll(url, crowd.slice(0, 100));
  await pause(3000);
  const before = memoryNow(pid) ?? Number.NaN;
  const rest = await openAll(url, crowd.slice(100));
  await pause(5000);
  const after = memoryNow(pid) ?? Number.NaN;
  for (const stream of [...first, ...rest]) stream.close();
  return {
    streams: crowd.length,
    before_mib: before,
    after_mib: after,
    kib_per_stream: rounded(((after - before) * 1024) / rest.length),
  };
}

async function throughput(stage: Stage) {
  const devices = 60;
  const figures: Partial<Record<'one' | 'two', Throughput>> = {};
  let crowd: Device[] | null = null;
  for (const [name, count] of [
    ['one', 1],
    ['two', 2],
  ] as const)
    await withServers(stage, count, async (servers) => {
      if (!crowd) await pullAll(servers[0]!.url, (crowd = await arrive(stage, devices, 'rate')));
      const urls = servers.map(({ url }) => url);
      const pids = servers.map(({ pid }) => pid);
      const count = () => countProcessor(pids, stage.postgres);
      await measureThroughput(urls, crowd, 1, count);
      figures[name] = await measureThroughput(urls, crowd, 5, count);
    });
  return { one: figures.one!, two: figures.two!, devices };
}
