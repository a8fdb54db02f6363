import type { Operation } from '#contract/protocol.ts';
import type { SyncDefinition } from '../define-sync.ts';
import { isPassing } from './database-refusals.ts';
import { originOf } from './device-time.ts';
import type { Plain } from './gather-plain.ts';
import { NotPlainError } from './judge.ts';
import type { Push } from './judge-group.ts';
import { insertRows, updateRows } from './write-row.ts';

/** True when all of them were allowed and are written; nothing is written otherwise. */
export async function writeTogether(work: Push, definition: SyncDefinition, all: readonly Plain[]): Promise<boolean> {
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
