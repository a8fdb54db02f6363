import type { Operation } from '#contract/protocol.ts';
import type { NewRow, PlainChange, Row, SyncDefinition } from '../define-sync.ts';
import type { Push } from './judge-group.ts';
import { mergeColumns, settledColumns } from './merge.ts';
import { parseSet, type Misshapen, type Received } from './parse-operation.ts';
import type { Seen } from './seen.ts';
import type { StoredVerdict } from './verdicts.ts';

/** One operation of a table from which nothing follows, ready to be written together with others. */
export type Plain = { at: number; received: Received; columns: string[] } & (
  | { kind: 'insert'; row: NewRow }
  | { kind: 'change'; row: PlainChange; changes: Record<string, unknown> }
);

/** Fewest rows that are worth a savepoint of their own. */
const fewest = 4;
/** Plain operations that one statement can write: by table, verb and columns. */
export function gather(
  work: Pick<Push, 'definitions' | 'operations' | 'hurried'>,
  seen: Pick<Seen, 'get'>,
  stored: ReadonlyMap<string, StoredVerdict>,
): Plain[][] {
  const named = countNames(work.operations);
  const found = new Map<string, Plain[]>();
  for (const [at, one] of work.operations.entries()) {
    if (!('sha256' in one) || stored.has(one.op.op)) continue;
    if (named.get(one.op.op)! > 1 || named.get(rowOf(one.op))! > 1) continue;
    const plain = readPlain(work, seen, one, at);
    if (!plain) continue;
    const key = [one.op.type, ...(plain.kind === 'insert' ? ['anew'] : Object.keys(plain.changes))].join(' ');
    const list = found.get(key);
    if (list) list.push(plain);
    else found.set(key, [plain]);
  }
  return [...found.values()].filter((list) => work.hurried || list.length >= fewest);
}

const rowOf = ({ type, id }: { type: string; id: string }): string => `${type}|${id}`;

/** How often each operation and each row is named in the push; writes of one row are judged in their order. */
function countNames(operations: readonly (Received | Misshapen)[]): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (name: string) => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const one of operations) {
    count('sha256' in one ? one.op.op : one.op);
    count(rowOf('sha256' in one ? one.op : one));
  }
  return counts;
}

/** Null for what has to be judged alone. */
function readPlain(
  { definitions }: Pick<Push, 'definitions'>,
  seen: Pick<Seen, 'get'>,
  received: Received,
  at: number,
): Plain | null {
  const { op } = received;
  const definition = definitions.get(op.type);
  if (!definition || definition.adjust) return null;
  const held = seen.get(op.type, op.id);
  if (!held) return isNew(op) && definition.plainInserts ? readInsert(definition, received, at) : null;
  if (held.body === null || op.base !== held.v || !definition.plainChanges) return null;
  return readChange(definition, received, at, JSON.parse(held.body) as Row);
}

const isNew = (op: Operation): boolean => op.base === null && op.deleted !== true;

function readInsert({ table }: SyncDefinition, received: Received, at: number): Plain | null {
  const { op } = received;
  const parsed = parseSet(table, true, op.set);
  if ('fault' in parsed || parsed.ignored.length > 0) return null;
  return { kind: 'insert', at, received, columns: Object.keys(parsed.set), row: { op, set: parsed.set } };
}

function readChange({ table }: SyncDefinition, received: Received, at: number, before: Row): Plain | null {
  const { op } = received;
  const deleted = op.deleted === true;
  if (deleted ? !table.device.delete : !table.device.update) return null;
  const parsed = deleted ? { set: {}, ignored: [] } : parseSet(table, false, op.set);
  if ('fault' in parsed || parsed.ignored.length > 0) return null;
  const { set } = parsed;
  const facts = { isCurrent: true, writtenAt: new Date(0), lastWrite: () => null };
  const merged = mergeColumns(table, before, set, facts);
  const columns = settledColumns(table, before, set, merged, facts).toSorted();
  const changes = deleted ? { is_deleted: true } : merged;
  return { kind: 'change', at, received, columns, changes, row: { op, before, set, deleted } };
}
