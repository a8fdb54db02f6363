import { randomUUID } from 'node:crypto';
import type { Pool } from '../../../../sync-server/db/sql.ts';
import { median, rounded } from '../statistics.ts';
import { pullOnce, type Device } from './crowd.ts';

/** Milliseconds of a pull that brings one new change, by how many rows and tombstones are published. */
export type Growth = { rows: number; tombstones: number; ms: number }[];

const samples = 40;

/**
 * Published rows are written as the triggers would: a part in the scopes of the measured person (`pub`), the rest in those of
 * others. Tombstones all lie in a scope of the measured person, older than its checkpoint.
 */
export async function measureGrowth(
  server: Pool,
  url: string,
  device: Device,
  course: string,
  sizes: readonly number[],
  tombstones: readonly number[],
  tell: (line: string) => void,
): Promise<Growth> {
  const growth: Growth = [];
  const look = async (rows: number, dead: number): Promise<void> => {
    await server.query('vacuum analyze sync_rows');
    const figure = { rows, tombstones: dead, ms: await oneChange(server, url, device, course) };
    tell(JSON.stringify(figure));
    growth.push(figure);
  };
  let rows = 0;
  for (const size of sizes) {
    await addRows(server, size - rows);
    rows = size;
    await look(rows, 0);
  }
  let dead = 0;
  for (const count of tombstones) {
    await addTombstones(server, device, count - dead);
    dead = count;
    await look(rows, dead);
  }
  return growth;
}

async function oneChange(server: Pool, url: string, device: Device, course: string): Promise<number> {
  device.checkpoint = null;
  device.checkpoint = await pullOnce(url, device);
  const took: number[] = [];
  for (let sample = -5; sample < samples; sample++) {
    await server.query('update courses set description = $2 where id = $1', [course, randomUUID()]);
    const from = performance.now();
    device.checkpoint = await pullOnce(url, device);
    if (sample >= 0) took.push(performance.now() - from);
  }
  return rounded(median(took), 2);
}

/** One row in a thousand is one that everybody sees, the others are of a thousand other people. */
async function addRows(server: Pool, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 50_000)
    await server.query(
      `insert into sync_rows (type, id, scope, rank, v, body)
       select 'lesson_notes', id, case when n % 1000 = 0 then 'pub' else 'u:' || md5((n % 1000)::text)::uuid end, 1, gen_random_uuid(),
              json_build_object('type', 'lesson_notes', 'id', id, 'v', gen_random_uuid(), 'body', repeat(md5(n::text), 10))
       from (select n, gen_random_uuid() as id from generate_series(1, $1::int) n) made`,
      [Math.min(left, 50_000)],
    );
}

async function addTombstones(server: Pool, { userId }: Device, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 50_000)
    await server.query(
      `insert into sync_rows (type, id, scope, rank, v, deleted)
       select 'lesson_notes', gen_random_uuid(), 'u:' || $2::uuid, 1, gen_random_uuid(), true from generate_series(1, $1::int)`,
      [Math.min(left, 50_000), userId],
    );
}
