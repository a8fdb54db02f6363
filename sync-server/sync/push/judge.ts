import type { TableContract } from '#contract/define-table.ts';
import type { Operation } from '#contract/protocol.ts';
import type { PushContext, Row, SyncDefinition } from '../define-sync.ts';
import { mergeColumns } from './merge.ts';
import { done, refuse, type Outcome } from './outcome.ts';
import { parseSet, type Received } from './parse-operation.ts';
import { inSavepoint } from './savepoint.ts';
import type { Seen } from './seen.ts';
import { writeOperation } from './write-operation.ts';

/** An operation judged together with others was not plainly accepted: all of them are judged again, one by one. */
export class NotPlainError extends Error {}

/**
 * Judges one operation. `alone`: in a savepoint of its own, so that what fails in it leaves no trace and the others go on.
 * Together with others it may only be accepted; anything else throws, and the caller takes all of them back.
 */
export async function judge(
  context: PushContext,
  definition: SyncDefinition,
  seen: Seen,
  { op }: Received,
  alone: boolean,
): Promise<Outcome> {
  const outcome = await weigh(context, definition, seen, op, alone);
  if (!alone && outcome.kind !== 'ok') throw new NotPlainError();
  return outcome;
}

async function weigh(
  context: PushContext,
  definition: SyncDefinition,
  seen: Seen,
  op: Operation,
  alone: boolean,
): Promise<Outcome> {
  const { table } = definition;
  const held = seen.get(op.type, op.id);
  const before = (held?.body === undefined || held.body === null ? null : JSON.parse(held.body)) as Row | null;
  const deleted = op.deleted === true;
  // What is gone is gone, whoever deleted it.
  if (deleted && !before) return done();
  // Told again under the id that follows from it: a fact that is never changed is the same fact.
  if (before && !deleted && op.base === null && table.naturalKey && table.device.insert && !table.device.update)
    return done();
  if (deleted ? !table.device.delete : !(before ? table.device.update : table.device.insert)) {
    return before && !deleted && op.base === null ? { kind: 'conflict' } : refuse('not_allowed');
  }
  if (before && !deleted && op.base === null && table.device.insert && !table.naturalKey) {
    // Made again under the id it has: the same is welcome, anything else must not be swallowed.
    return repeats(table, before, op.set) ? done() : { kind: 'conflict' };
  }
  const parsed = deleted ? { set: {}, ignored: [] } : parseSet(table, before === null, op.set);
  if ('fault' in parsed) return refuse('invalid', parsed.fault);
  if (parsed.ignored.length > 0) {
    context.deps.log.warn(
      { table: table.name, columns: parsed.ignored, user: context.actor.id },
      'ignored columns a device may not write',
    );
  }
  const carryOut = () => writeOperation(context, definition, seen, { before, set: parsed.set, deleted });
  return alone ? inSavepoint(context, before === null, carryOut) : carryOut();
}

const repeats = (table: TableContract, before: Row, set: Record<string, unknown>): boolean =>
  Object.keys(
    mergeColumns(table, before, onlyOf(set, table.device.insert ?? []), {
      isCurrent: true,
      writtenAt: new Date(0),
      lastWrite: () => null,
    }),
  ).length === 0;

const onlyOf = (set: Record<string, unknown>, columns: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(set).filter(([column]) => columns.includes(column)));
