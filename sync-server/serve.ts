import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import { openPools } from './db/pools.ts';
import type { Clock, Deps } from './deps.ts';
import { features } from './features/index.ts';
import { createDrain } from './http/drain.ts';
import { discreetLog } from './http/logging.ts';
import { settleHome } from './settle-home.ts';
import { startWorker } from './jobs/worker.ts';
import { addDatabaseGauges } from './metrics/database-gauges.ts';
import { createMetrics } from './metrics/metrics.ts';
import { openOperatorDoor } from './metrics/operator-door.ts';

/** Which parts of the program this process runs; several processes of each may share a database. */
export type Parts = { api: boolean; worker: boolean };
export type RunningServer = { url: string; deps: Deps; close(): Promise<void> };

const systemClock: Clock = { now: () => new Date() };

/**
 * Starts the server on a migrated database. `close` says that it is not ready, waits for balancers to hear it, and ends streams,
 * requests, jobs and connections in that order.
 */
export async function serve(
  config: Config,
  log: Logger,
  parts: Parts,
  clock: Clock = systemClock,
): Promise<RunningServer> {
  const discreet = discreetLog(log);
  const pools = await openPools({
    databaseUrl: config.DATABASE_URL,
    apiDatabaseUrl: config.API_DATABASE_URL,
    size: config.DATABASE_POOL_SIZE,
    onIdleError: (error) => discreet.warn({ err: error }, 'a database connection broke'),
  });
  const { server, people, serverKey } = pools;
  const metrics = createMetrics({ ofProcess: true });
  addDatabaseGauges(metrics, { people, server });
  const drain = createDrain();
  const deps: Deps = { config, server, people, serverKey, clock, log: discreet, metrics, drain };
  const closers = [() => pools.end()];
  const close = async () => {
    const drainMs = parts.api ? config.DRAIN_SECONDS * 1000 : 0;
    drain.begin(drainMs);
    await sleep(drainMs);
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    const door = await openOperatorDoor(deps);
    if (door) {
      closers.push(() => door.close());
      log.info({ url: door.url }, 'metrics are shown');
    }
    await settleHome(deps);
    if (parts.worker) {
      const worker = await startWorker(
        deps,
        features.flatMap((feature) => feature.jobs ?? []),
      );
      closers.push(() => worker.stop());
    }
    if (!parts.api) return { url: '', deps, close };
    const app = await buildApp(deps);
    closers.push(() => app.close());
    await app.listen({ host: config.HOST, port: config.PORT });
    return { url: addressOf(config.HOST, (app.server.address() as AddressInfo).port), deps, close };
  } catch (error) {
    await close();
    throw describeListenError(error, config.HOST, config.PORT);
  }
}

/** Where a browser on this machine finds a server that listens there. */
export function addressOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Why a port cannot be had, in words; any other error as it is. */
export function describeListenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new Error(`Port ${port} on ${host} is taken by another program.`, { cause: error });
  if (code === 'EACCES') return new Error(`Port ${port} on ${host} may not be used by this account.`, { cause: error });
  if (code === 'EADDRNOTAVAIL') return new Error(`This machine has no address ${host}.`, { cause: error });
  return error;
}
