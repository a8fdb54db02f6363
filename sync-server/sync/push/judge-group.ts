import type { Operation } from '#contract/protocol.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { Caller } from '../caller.ts';
import type { SyncDefinition } from '../define-sync.ts';
import { isPassing } from './database-refusals.ts';
import { deviceTime, judge, originOf, type Outcome } from './judge.ts';
import { parseSet, type Misshapen, type Received } from './parse-operation.ts';
import type { Seen } from './seen.ts';
import { refused, type Judged, type Judgement, type StoredVerdict } from './verdicts.ts';
import { insertRows } from './write-row.ts';

export type Definitions = ReadonlyMap<string, SyncDefinition>;

/** One push at work, inside its transaction. */
export type Push = {
  deps: Deps;
  definitions: Definitions;
  caller: Caller;
  operations: readonly (Received | Misshapen)[];
  tx: Tx;
  now: Date;
  lastSyncAt: Date | null;
};

/** Operations that share a savepoint while all of them are plainly accepted, as long queues nearly always are. */
const groupSize = 50;

/** Neighbours to be judged together: a run of new rows of a table that takes them in great number, else a few. */
export function groups({ definitions, operations }: Push): (readonly (Received | Misshapen)[])[] {
  const found: (Received | Misshapen)[][] = [];
  let last: string | null = null;
  for (const one of operations) {
    const kind = 'sha256' in one && definitions.get(one.op.type)?.plainInserts && isNew(one.op) ? one.op.type : null;
    const open = found.at(-1);
    if (open && kind === last && (kind !== null || open.length < groupSize)) open.push(one);
    else found.push([one]);
    last = kind;
  }
  return found;
}

const isNew = (op: Operation): boolean => op.base === null && op.deleted !== true;

/** Judges a few operations together, and one by one where that does not go smoothly. */
export async function judgeGroup(
  work: Push,
  seen: Seen,
  stored: Map<string, StoredVerdict>,
  group: readonly (Received | Misshapen)[],
): Promise<Judging[]> {
  const { tx } = work;
  const each = async (alone: boolean): Promise<Judging[]> => {
    const judgings: Judging[] = [];
    for (const one of group) judgings.push(await judgeOrRemember(work, seen, stored, one, alone));
    return judgings;
  };
  const together = await insertTogether(work, seen, stored, group);
  if (together) return together;
  if (group.length > groupSize) {
    const judgings: Judging[] = [];
    for (let from = 0; from < group.length; from += groupSize)
      judgings.push(...(await judgeGroup(work, seen, stored, group.slice(from, from + groupSize))));
    return judgings;
  }
  if (group.length < 4) return each(true);
  const known = new Set(stored.keys());
  await tx.query('savepoint operations');
  try {
    return await each(false);
  } catch (error) {
    if (isPassing(error)) throw error;
    await tx.query('rollback to savepoint operations');
    seen.forgetAll();
    for (const op of [...stored.keys()]) if (!known.has(op)) stored.delete(op);
    return await each(true);
  } finally {
    // After an error that ends the whole transaction there is none left to release, and that error is the one to tell.
    await tx.query('release savepoint operations').catch(() => undefined);
  }
}

/** Fewest rows that are worth a statement of their own. */
const fewestTogether = 4;

/** Writes a whole run of new rows with one statement; null where it is no such run or any of them is not plainly welcome. */
async function insertTogether(
  work: Push,
  seen: Seen,
  stored: Map<string, StoredVerdict>,
  group: readonly (Received | Misshapen)[],
): Promise<Judging[] | null> {
  const run = readRun(work, seen, stored, group);
  if (!run) return null;
  const { tx, deps, caller, now } = work;
  const { definition, rows } = run;
  await tx.query('savepoint together');
  try {
    const given = await definition.plainInserts!(
      { ...work, actor: caller.actor, deviceId: caller.deviceId, address: caller.address },
      rows,
    );
    if (!given) return null;
    await insertRows(
      tx,
      definition.table,
      rows.map(({ op }, at) => ({ set: given[at]!, origin: originOf(op, caller.deviceId, now) })),
    );
  } catch (error) {
    if (isPassing(error)) throw error;
    await tx.query('rollback to savepoint together');
    deps.log.debug({ err: error, table: definition.table.name }, 'new rows are judged one by one');
    return null;
  } finally {
    // After an error that ends the whole transaction there is none left to release, and that error is the one to tell.
    await tx.query('release savepoint together').catch(() => undefined);
  }
  return rows.map(({ op, sha256, set }) => {
    const judged: Judged = {
      op,
      sha256,
      judgement: { s: 'ok' },
      columns: Object.keys(set),
      clientAt: deviceTime(op.client_at, now),
    };
    seen.forget(op.type, op.id);
    stored.set(op.op, { sha256, judgement: judged.judgement });
    return { judgement: judged.judgement, judged };
  });
}

/** The group as new rows of one table, each of which nobody has seen yet; null where it is anything else. */
function readRun(
  { definitions }: Push,
  seen: Seen,
  stored: ReadonlyMap<string, StoredVerdict>,
  group: readonly (Received | Misshapen)[],
): { definition: SyncDefinition; rows: (Received & { set: Record<string, unknown> })[] } | null {
  const [first] = group;
  if (group.length < fewestTogether || !first || !('sha256' in first)) return null;
  const definition = definitions.get(first.op.type);
  if (!definition?.plainInserts) return null;
  const ids = new Set<string>();
  const rows: (Received & { set: Record<string, unknown> })[] = [];
  for (const one of group) {
    if (!('sha256' in one) || one.op.type !== first.op.type || !isNew(one.op)) return null;
    if (stored.has(one.op.op) || ids.has(one.op.id) || ids.has(one.op.op) || seen.get(one.op.type, one.op.id))
      return null;
    const parsed = parseSet(definition.table, true, one.op.set);
    if ('fault' in parsed || parsed.ignored.length > 0) return null;
    ids.add(one.op.id).add(one.op.op);
    rows.push({ ...one, set: parsed.set });
  }
  return { definition, rows };
}

/** A verdict; `judged` where it is a new one. */
export type Judging = { judgement: Judgement; judged?: Judged };

/** The first verdict where the operation came before, else a new one. */
async function judgeOrRemember(
  work: Push,
  seen: Seen,
  stored: Map<string, StoredVerdict>,
  one: Received | Misshapen,
  alone: boolean,
): Promise<Judging> {
  const { deps, caller } = work;
  if (!('sha256' in one)) return { judgement: refused(caller.actor.id, one.op, 'misshapen', 'invalid', one.fault) };
  const earlier = stored.get(one.op.op);
  if (!earlier) {
    const judged = await judgeOne(work, seen, one, alone);
    const { judgement } = judged;
    if (judgement.s !== 'wait') stored.set(one.op.op, { sha256: one.sha256, judgement });
    return { judgement, judged };
  }
  if (earlier.sha256 === one.sha256) return { judgement: earlier.judgement };
  deps.log.warn(
    { op: one.op.op, user: caller.actor.id, requestId: caller.requestId },
    'an operation came again with other content',
  );
  return { judgement: refused(caller.actor.id, one.op.op, one.sha256, 'duplicate') };
}

async function judgeOne(
  { deps, definitions, caller, tx, now, lastSyncAt }: Push,
  seen: Seen,
  received: Received,
  alone: boolean,
): Promise<Judged> {
  const { op } = received;
  const definition = definitions.get(op.type);
  await seen.read([op]);
  const context = {
    tx,
    actor: caller.actor,
    deviceId: caller.deviceId,
    deps,
    op,
    now,
    lastSyncAt,
    address: caller.address,
  };
  const judged: Outcome = definition
    ? await judge(context, definition, seen, received, alone)
    : { kind: 'refused', code: 'not_allowed' };
  const outcome = judged.kind === 'wait' && (await waitsInVain(tx, op)) ? hopeless : judged;
  const clientAt = deviceTime(op.client_at, now);
  const columns = outcome.kind === 'ok' ? outcome.columns : [];
  return { ...received, judgement: judgementOf(caller.actor.id, received, outcome), columns, clientAt };
}

const hopeless: Outcome = {
  kind: 'refused',
  code: 'not_allowed',
  message: 'What this belongs to was not accepted.',
};

/** What an operation names and waits for was refused to this person: it will not come. */
async function waitsInVain(tx: Push['tx'], { set }: Operation): Promise<boolean> {
  const named = Object.values(set)
    .flat()
    .filter((value) => typeof value === 'string' && uuid.test(value));
  const { rows } = await tx.query<{ refused: boolean }>('select sync_was_refused($1::uuid[]) as refused', [named]);
  return rows[0]!.refused;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function judgementOf(userId: string, { op, sha256 }: Received, outcome: Outcome): Judgement {
  if (outcome.kind === 'refused') return refused(userId, op.op, sha256, outcome.code, outcome.message);
  if (outcome.kind === 'wait') return { s: 'wait', reason: outcome.reason };
  return { s: outcome.kind };
}
