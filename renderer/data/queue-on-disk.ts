import type { DeviceDatabase, OutboxRow, SeqRange } from './device-database.ts';

/** The queue as it lies on the disk, in its order, every write with what was noted of it. */
export async function readQueue(device: DeviceDatabase): Promise<OutboxRow[]> {
  const [rows, mark] = await Promise.all([device.outbox.orderBy('seq').toArray(), device.marks.get('frozen')]);
  const ranges = mark?.name === 'frozen' ? mark.ranges : [];
  const isFrozen = (seq: number): boolean => ranges.some(([from, to]) => seq >= from && seq <= to);
  return ranges.length === 0
    ? rows
    : rows.map((row) => (row.sent || !isFrozen(row.seq) ? row : { ...row, sent: true }));
}

/**
 * The places that were chosen, as ranges without any other queued row in them; `rows` is the whole queue. A place is never given
 * twice, so what comes later into the queue comes into none of them.
 */
export function rangesOf(rows: readonly OutboxRow[], isChosen: (row: OutboxRow) => boolean): SeqRange[] {
  const ranges: SeqRange[] = [];
  let last: SeqRange | null = null;
  for (const row of rows) {
    if (!isChosen(row)) last = null;
    else if (last) last[1] = row.seq;
    else ranges.push((last = [row.seq, row.seq]));
  }
  return ranges;
}
