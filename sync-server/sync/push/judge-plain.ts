import type { Operation } from '#contract/protocol.ts';
import type { NewRow, PlainChange, Row, SyncDefinition } from '../define-sync.ts';
import { isPassing } from './database-refusals.ts';
import { deviceTime, originOf } from './device-time.ts';
import { NotPlainError } from './judge.ts';
import type { Judging, Push } from './judge-group.ts';
import { mergeColumns, settledColumns } from './merge.ts';
import { parseSet, type Misshapen, type Received } from './parse-operation.ts';
import type { Seen } from './seen.ts';
import type { Judged, StoredVerdict } from './verdicts.ts';
import { insertRows, updateRows } from './write-row.ts';

/** One operation of a table from which nothing follows, ready to be written together with others. */
export type Plain = { at: number; received: Received; columns: string[] } & (
  | { kind: 'insert'; row: NewRow }
  | { kind: 'change'; row: PlainChange; changes: Record<string, unknown> }
);

/** Fewest rows that are worth a savepoint of their own. */
const fewest = 4;
/** Where many together were not plainly welcome, parts of this size are tried before each is judged alone. */
const partSize = 100;

/**
 * Judges what can be judged in any order: new rows and changes of tables from which nothing follows (`plainInserts`,
 * `plainChanges`), each row named once in this push. One statement a table and set of columns, under the same grants and policies as
 * alone. Answers the verdicts by place; everything else, and whatever was not plainly welcome, is left for its turn.
 */
export async function judgePlain(
  work: Push,
  seen: Seen,
  stored: Map<string, StoredVerdict>,
): Promise<Map<number, Judging>> {
  const judgings = new Map<number, Judging>();
  for (const plain of gather(work, seen, stored)) {
    const definition = work.definitions.get(plain[0]!.received.op.type)!;
    const welcome = (await writeTogether(work, definition, plain)) ? plain : await writeParts(work, definition, plain);
    for (const { at, received, columns } of welcome) {
      const { op, sha256 } = received;
      const judged: Judged = {
        op,
        sha256,
        judgement: { s: 'ok' },
        columns,
        clientAt: deviceTime(op.client_at, work.now),
      };
      seen.forget(op.type, op.id);
      stored.set(op.op, { sha256, judgement: judged.judgement });
      judgings.set(at, { judgement: judged.judgement, judged });
    }
  }
  return judgings;
}

async function writeParts(work: Push, definition: SyncDefinition, all: readonly Plain[]): Promise<Plain[]> {
  const welcome: Plain[] = [];
  if (all.length <= partSize) return welcome;
  for (let from = 0; from < all.length; from += partSize) {
    const part = all.slice(from, from + partSize);
    if (await writeTogether(work, definition, part)) welcome.push(...part);
  }
  return welcome;
}

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
  if (!definition) return null;
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

/** True when all of them were allowed and are written; nothing is written otherwise. */
async function writeTogether(work: Push, definition: SyncDefinition, all: readonly Plain[]): Promise<boolean> {
  const { tx, deps } = work;
  if (work.hurried) {
    if (await write(work, definition, all)) return true;
    throw new NotPlainError();
  }
  await tx.query('savepoint together');
  try {
    const done = await write(work, definition, all);
    if (!done) await tx.query('rollback to savepoint together');
    return done;
  } catch (error) {
    if (isPassing(error)) throw error;
    await tx.query('rollback to savepoint together');
    deps.log.debug({ err: error, table: definition.table.name }, 'operations are judged one by one');
    return false;
  } finally {
    // After an error that ends the whole transaction there is none left to release, and that error is the one to tell.
    await tx.query('release savepoint together').catch(() => undefined);
  }
}

async function write(work: Push, { table, ...definition }: SyncDefinition, all: readonly Plain[]): Promise<boolean> {
  const { tx, caller, now } = work;
  const context = { ...work, actor: caller.actor, deviceId: caller.deviceId, address: caller.address };
  const originOfRow = (op: Operation) => originOf(op, caller.deviceId, now);
  const inserts = all.flatMap((one) => (one.kind === 'insert' ? [one.row] : []));
  if (inserts.length > 0) {
    const given = await (work.early.to(all) ?? definition.plainInserts!(context, inserts));
    if (!given) return false;
    const inserting = insertRows(
      tx,
      table,
      inserts.map(({ op }, at) => ({ set: given[at]!, origin: originOfRow(op) })),
    );
    if (!work.hurried) await inserting;
    // Where it fails so does everything behind it, the commit too, and all is judged again.
    else sendOff(work, inserting);
    return true;
  }
  const changes = all.flatMap((one) => (one.kind === 'change' ? [one] : []));
  if (
    !(await definition.plainChanges!(
      context,
      changes.map(({ row }) => row),
    ))
  )
    return false;
  // What the row says already is written too where it has the last word: the row gets the token of who said it last.
  const told = changes.filter(({ columns, changes: set }) => columns.length > 0 || Object.keys(set).length > 0);
  if (told.length === 0) return true;
  const written = await updateRows(
    tx,
    table,
    told.map(({ row, changes: set }) => ({ set, base: row.before.v, origin: originOfRow(row.op) })),
  );
  return written === told.length;
}

/** Whoever commits hears how it ended. */
function sendOff({ underWay }: Push, statement: Promise<unknown>): void {
  statement.catch(() => undefined);
  underWay.push(statement);
}
