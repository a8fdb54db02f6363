import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from '../../../../sync-server/db/sql.ts';
import { percentile, rounded } from '../statistics.ts';
import type { RawStream } from './raw-stream.ts';

export type FanOut = {
  streams: number;
  writes: number;
  /** Milliseconds from the commit until a stream's reader had the row, over all streams and writes. */
  p50: number;
  p99: number;
  /** The same until the last of all streams had it: the middle one of the writes, and the slowest. */
  last_p50: number;
  last_max: number;
};

/** Writes that are not counted. */
export const warmUps = 3;

/** Commits one change that everybody sees, as another process would, and waits until every stream has brought it. */
export async function measureFanOut(
  server: Pool,
  course: string,
  streams: readonly RawStream[],
  writes: number,
): Promise<FanOut> {
  const all: number[] = [];
  const last: number[] = [];
  for (let write = -warmUps; write < writes; write++) {
    const took = await writeOnce(server, course, streams);
    await pause(300);
    if (write < 0) continue;
    all.push(...took);
    last.push(Math.max(...took));
  }
  return {
    streams: streams.length,
    writes,
    p50: rounded(percentile(all, 0.5)),
    p99: rounded(percentile(all, 0.99)),
    last_p50: rounded(percentile(last, 0.5)),
    last_max: rounded(Math.max(...last)),
  };
}

async function writeOnce(server: Pool, course: string, streams: readonly RawStream[]): Promise<number[]> {
  const mark = randomUUID();
  const text = Buffer.from(mark);
  const arrivals: number[] = [];
  const everybody = Promise.withResolvers<void>();
  for (const stream of streams)
    stream.whenBrings(text, (at) => {
      if (arrivals.push(at) === streams.length) everybody.resolve();
    });
  const late = setTimeout(
    () => everybody.reject(new Error(`only ${arrivals.length} of ${streams.length} had it`)),
    30_000,
  );
  await server.query('update courses set description = $2 where id = $1', [course, mark]);
  const committed = performance.now();
  await server.query("select pg_notify('sync_changes', $1)", [String(Date.now())]);
  await everybody.promise.finally(() => clearTimeout(late));
  // What was read before the answer to the commit was came as early as it can.
  return arrivals.map((at) => Math.max(0, at - committed));
}
