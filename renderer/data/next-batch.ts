import { pushLimit, type Operation } from '#contract/protocol.ts';
import type { OutboxRow } from './device-database.ts';

/** Bytes one push carries, about; the server's limit is higher. */
const pushBytes = 1_000_000;

/** About what an operation has beside its columns and evidence: names, ids, a token and a time. */
const headBytes = 250;

/** An operation as it travels. */
export function operationOf({ op, type, id, base, set, client_at, verb, evidence }: OutboxRow): Operation {
  const operation: Operation = { op, type, id, base, set, client_at };
  if (verb === 'delete') operation.deleted = true;
  if (evidence) operation.evidence = evidence;
  return operation;
}

/** Operations that travel together; `more`: others may go as well and wait behind them. */
export type Batch = { rows: OutboxRow[]; more: boolean };

/**
 * The operations to send now: in the order they were written, except that files go before what names them and that one which waits,
 * or is `away`, holds back only later writes of its own row.
 */
export function nextBatch(
  rows: readonly OutboxRow[],
  now: number,
  { away = [], most = pushLimit }: { away?: Iterable<OutboxRow>; most?: number } = {},
): Batch {
  const held = new Set<string>();
  for (const { key } of away) held.add(key);
  const ready = rows.filter((row) => {
    if (row.not_before !== null && row.not_before > now) held.add(row.key);
    return !held.has(row.key);
  });
  const isFile = ({ type }: OutboxRow): boolean => type === 'files';
  const ordered = ready.some(isFile) ? [...ready.filter(isFile), ...ready.filter((row) => !isFile(row))] : ready;
  const batch: OutboxRow[] = [];
  let bytes = 0;
  for (const row of ordered) {
    bytes += headBytes + JSON.stringify([row.set, row.evidence]).length;
    if (batch.length === most || (batch.length > 0 && bytes > pushBytes)) break;
    batch.push(row);
  }
  return { rows: batch, more: ordered.length > batch.length };
}
