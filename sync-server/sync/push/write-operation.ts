import type { PushContext, Row, SyncDefinition } from '../define-sync.ts';
import { originOf } from './device-time.ts';
import { lostTexts, mergeColumns, settledColumns } from './merge.ts';
import { answered, done, refuse, type Outcome } from './outcome.ts';
import type { Seen } from './seen.ts';
import { keepLostTexts } from './verdicts.ts';
import { deleteRow, insertRow, updateRow } from './write-row.ts';

/** What an operation asks for, of a row as its person sees it before; null where they see none. */
export type Write = { before: Row | null; set: Record<string, unknown>; deleted: boolean };

/** Asks the table's guard, writes, and lets happen what follows. Refused where any of them says so; the caller takes back what was written. */
export async function writeOperation(
  context: PushContext,
  definition: SyncDefinition,
  seen: Seen,
  asked: Write,
): Promise<Outcome> {
  const { op, now } = context;
  const change = definition.adjust ? { ...asked, set: definition.adjust(asked.set, now) } : asked;
  const answer = await definition.guard(context, change);
  if (answer !== 'allowed') return answered(answer);
  let columns = Object.keys(change.set);
  if (definition.write) {
    const written = await definition.write(context, change);
    if (written !== 'allowed') return answered(written);
  } else {
    const written = await writePlainly(context, definition, seen, change);
    if (written.kind !== 'ok' || written.unchanged) return written;
    columns = written.columns;
  }
  seen.forget(op.type, op.id);
  if (definition.after) {
    const after = await readRow(seen, op.type, op.id);
    await definition.after(context, { before: change.before, after });
    // What follows from a write may touch any row of the same push.
    seen.forgetAll();
    // They lost sight of it while it was judged (a conversation left, a student handed on): what follows from it would stay undone.
    if (!change.before && !after && !(await readRow(seen, op.type, op.id))) return refuse('not_allowed');
  }
  return done(columns);
}

async function writePlainly(
  { tx, op, deps, deviceId, now }: PushContext,
  { table }: SyncDefinition,
  seen: Seen,
  change: Write,
): Promise<Outcome> {
  const { before, set, deleted } = change;
  const origin = originOf(op, deviceId, now);
  const isCurrent = before === null || op.base === before.v;
  if (deleted) {
    if (!isCurrent) return { kind: 'conflict' };
    return (await deleteRow(tx, table, origin)) ? done() : refuse('not_allowed');
  }
  if (before === null) {
    await insertRow(tx, table, set, origin);
    return done(Object.keys(set));
  }
  const lastWrite = isCurrent ? () => null : await seen.lastWrites(op.id, deviceId);
  const facts = { isCurrent, writtenAt: origin.clientAt, lastWrite };
  const changes = mergeColumns(table, before, set, facts);
  await keepLostTexts(tx, deps.serverKey, deviceId, op, lostTexts(table, before, set, changes, facts));
  const columns = settledColumns(table, before, set, changes, facts);
  const isChanged = Object.keys(changes).length > 0;
  if (!isChanged && columns.length === 0) return { kind: 'ok', columns, unchanged: true };
  // Said again, the row still gets this write's token: an older word of another device, made over the state before, must be weighed.
  if (!(await updateRow(tx, table, changes, origin))) return refuse('not_allowed');
  return isChanged ? done(columns) : { kind: 'ok', columns, unchanged: true };
}

async function readRow(seen: Seen, type: string, id: string): Promise<Row | null> {
  await seen.read([{ type, id }]);
  const row = seen.get(type, id);
  return row?.body ? (JSON.parse(row.body) as Row) : null;
}
