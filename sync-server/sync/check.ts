import { checkBuckets, type CheckRequest } from '#contract/protocol.ts';
import { tables, tableNames, type Family } from '#contract/tables/index.ts';
import type { Tx } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import { touchDevice, type Caller } from './caller.ts';
import { inSnapshot } from './delta.ts';
import { docText, familyOf, type SeenRow } from './frames.ts';

const bucketOf = `get_byte(sha256(convert_to(type || '|' || id, 'UTF8')), 0) % ${checkBuckets}`;
const firstBits = `('x' || encode(substr(sha256(convert_to(type || '|' || id || '|' || v, 'UTF8')), 1, 8), 'hex'))::bit(64)`;

/**
 * Anti-entropy: compares what the device holds with what its person should hold and answers the buckets that differ, whole,
 * as the response's JSON text. Heals whatever went wrong on the device, by whichever cause.
 */
export async function check(deps: Deps, caller: Caller, { families }: CheckRequest): Promise<string> {
  // Repairs are rows, so a device that must forget first gets none here either.
  await touchDevice(deps, caller, deps.clock.now());
  return inSnapshot(deps, caller, async (tx) => {
    const right = await sumBuckets(tx);
    const repairs: string[] = [];
    for (const [family, sums] of Object.entries(families) as [Family, string[]][]) {
      const expected = right.get(family);
      const differing = sums.flatMap((sum, bucket) =>
        sum.toLowerCase() === hex(expected?.[bucket] ?? 0n) ? [] : [bucket],
      );
      if (differing.length > 0) repairs.push(...(await readBuckets(tx, family, differing)));
    }
    if (repairs.length > 0)
      deps.log.warn(
        { user: caller.actor.id, buckets: repairs.length, requestId: caller.requestId },
        'a replica differed',
      );
    return `{"repairs":[${repairs.join(',')}]}`;
  });
}

const hex = (sum: bigint): string => sum.toString(16).padStart(16, '0');

async function sumBuckets(tx: Tx): Promise<Map<Family, bigint[]>> {
  const { rows } = await tx.query<{ type: string; bucket: number; sum: string }>({
    name: 'sync-buckets',
    text: `select type, ${bucketOf} as bucket, bit_xor(${firstBits})::text as sum from sync_everything() group by 1, 2`,
  });
  const sums = new Map<Family, bigint[]>();
  for (const { type, bucket, sum } of rows) {
    const family = familyOf(type);
    if (!family) continue;
    const buckets = sums.get(family) ?? Array.from({ length: checkBuckets }, () => 0n);
    buckets[bucket] = (buckets[bucket] ?? 0n) ^ BigInt(`0b${sum}`);
    sums.set(family, buckets);
  }
  return sums;
}

async function readBuckets(tx: Tx, family: Family, buckets: readonly number[]): Promise<string[]> {
  const { rows } = await tx.query<SeenRow & { bucket: number }>({
    name: 'sync-bucket-rows',
    text: `select * from (select type, id, v, body, ${bucketOf} as bucket from sync_everything() where type = any($1)) seen
           where bucket = any($2)`,
    values: [tableNames.filter((name) => tables[name].family === family), buckets],
  });
  const docs = new Map<number, string[]>(buckets.map((bucket) => [bucket, []]));
  for (const row of rows) docs.get(row.bucket)?.push(docText(row));
  return [...docs].map(([bucket, texts]) => `{"family":"${family}","bucket":${bucket},"docs":[${texts.join(',')}]}`);
}
