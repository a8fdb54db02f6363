import type { TableContract } from '#contract/define-table.ts';
import type { RefusalCode } from '#contract/errors.ts';
import type { Operation } from '#contract/protocol.ts';
import { AppError } from '../../http/errors.ts';
import { OvertakenError, type GuardAnswer, type PushContext, type Row, type SyncDefinition } from '../define-sync.ts';
import { isPassing, refusalOf } from './database-refusals.ts';
import { lostTexts, mergeColumns, settledColumns } from './merge.ts';
import { parseSet, type Received } from './parse-operation.ts';
import type { Seen } from './seen.ts';
import { keepLostTexts } from './verdicts.ts';
import { deleteRow, insertRow, updateRow, type Origin } from './write-row.ts';

/** How one operation ended: done (with the columns it has the last word in; `unchanged` where they said so already), moved on, refused with words of its own, or to be tried later. */
export type Outcome =
  | { kind: 'ok'; columns: string[]; unchanged?: true }
  | { kind: 'conflict' }
  | { kind: 'refused'; code: RefusalCode; message?: string }
  | { kind: 'wait'; reason: 'files' | 'parent' };

const done = (columns: string[] = []): Outcome => ({ kind: 'ok', columns });
const refuse = (code: RefusalCode, message?: string): Outcome => ({ kind: 'refused', code, message });
const answered = (answer: Exclude<GuardAnswer, 'allowed'>): Outcome =>
  typeof answer === 'string' ? refuse(answer) : { kind: 'wait', reason: answer.wait };

type Write = { before: Row | null; set: Record<string, unknown>; deleted: boolean };

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
  const carryOut = () => write(context, definition, seen, { before, set: parsed.set, deleted });
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

async function write(context: PushContext, definition: SyncDefinition, seen: Seen, change: Write): Promise<Outcome> {
  const { op } = context;
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

/** No device is older; there are dates in ISO 8601 (the year 0) that Postgres does not know. */
const firstDeviceTime = new Date('2000-01-01T00:00:00Z');

/** A device's clock is believed about the past, never about the future. */
export const deviceTime = (clientAt: string, now: Date): Date => {
  const time = new Date(clientAt);
  if (time > now) return now;
  return time < firstDeviceTime ? firstDeviceTime : time;
};

/** What the row keeps of the operation that writes it. */
export const originOf = (op: Operation, deviceId: string | null, now: Date): Origin => ({
  id: op.id,
  op: op.op,
  clientAt: deviceTime(op.client_at, now),
  deviceId,
});

async function readRow(seen: Seen, type: string, id: string): Promise<Row | null> {
  await seen.read([{ type, id }]);
  const row = seen.get(type, id);
  return row?.body ? (JSON.parse(row.body) as Row) : null;
}

/** False for somebody who was shut out since this push was let in. */
export async function isStillLetIn(tx: PushContext['tx'], person: string): Promise<boolean> {
  return (await tx.query('select from users where id = $1', [person])).rowCount === 1;
}

async function inSavepoint(
  { tx, deps, op, actor }: PushContext,
  isNew: boolean,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  await tx.query('savepoint operation');
  try {
    const outcome = await work();
    if (outcome.kind === 'ok') {
      await tx.query('release savepoint operation');
      return outcome;
    }
    await tx.query('rollback to savepoint operation');
    return outcome;
  } catch (error) {
    if (isPassing(error)) throw error;
    await tx.query('rollback to savepoint operation');
    if (error instanceof OvertakenError) return refuse('stale');
    const answer = refusalOf(error, isNew);
    if (answer !== null && answer !== 'allowed') return answered(answer);
    // Shut out while this push was at work: nothing of it counts, and nothing of it is refused for good.
    if (!(await isStillLetIn(tx, actor.id))) throw new AppError('LOGIN_BLOCKED');
    // A fault of ours costs one operation its verdict, not the device its queue.
    deps.log.error({ err: error, op: op.op, table: op.type, user: actor.id }, 'an operation failed unexpectedly');
    return refuse('unknown');
  }
}
