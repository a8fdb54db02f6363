import { isDeepStrictEqual } from 'node:util';
import type { OutboxRow } from '../../renderer/data/device-database.ts';
import type { Replica } from '../../renderer/data/types.ts';
import { findTable, type TableName } from '#contract/tables/index.ts';
import type { Disk } from './disk.ts';

/** What waits in the queue of a computer that is off, by row. */
export async function readWaiting(disk: Disk, owner: string): Promise<Map<string, OutboxRow[]>> {
  const text = (await disk.read()).get(`growthos-device-${owner}/outbox`) ?? '[]';
  const rows = (JSON.parse(text) as OutboxRow[]).toSorted((a, b) => a.seq - b.seq);
  return Map.groupBy(
    rows.filter(({ type }) => !findTable(type)!.device.pushOnly),
    ({ key }) => key,
  );
}

/** What its person wrote before the computer went off is on the screen again, before any network; answers what is not. */
export async function findNotShown(replica: Replica, waiting: Map<string, OutboxRow[]>): Promise<string[]> {
  const missing: string[] = [];
  for (const [key, writes] of waiting) {
    const { type, id } = writes[0]!;
    const [row] = await replica.find(type as TableName, { id });
    const wanted = shownOf(writes);
    // What was changed may be gone from under its change.
    if (wanted === 'unknown' || (!row && wanted !== null && writes[0]!.verb !== 'insert')) continue;
    if (wanted === null ? row !== undefined : !row || !holds(row, wanted))
      missing.push(
        `${key} waits (${wanted ? Object.keys(wanted).join(' ') : 'deleted'}) and is not shown so: ${row?.v ?? 'not there'}`,
      );
  }
  return missing;
}

/** The columns as the last writes leave them; null where the last one deletes the row. */
function shownOf(writes: readonly OutboxRow[]): Record<string, unknown> | null | 'unknown' {
  if (writes.at(-1)!.verb === 'delete') return null;
  if (writes.some(({ verb }) => verb === 'delete')) return 'unknown';
  return Object.assign({}, ...writes.map(({ set }) => set)) as Record<string, unknown>;
}

const holds = (row: Record<string, unknown>, wanted: Record<string, unknown>): boolean =>
  Object.entries(wanted).every(([column, value]) => isDeepStrictEqual(row[column], value));
