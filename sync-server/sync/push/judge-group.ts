import type { Operation } from '#contract/protocol.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { Caller } from '../caller.ts';
import type { SyncDefinition } from '../define-sync.ts';
import { isPassing } from './database-refusals.ts';
import type { EarlyAnswers } from './early-answers.ts';
import { deviceTime } from './device-time.ts';
import { judge } from './judge.ts';
import type { Outcome } from './outcome.ts';
import type { Misshapen, Received } from './parse-operation.ts';
import type { Seen } from './seen.ts';
import { refused, type Judged, type Judgement, type StoredVerdict } from './verdicts.ts';

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
  /** No savepoints: whatever is not plainly accepted ends the transaction, and all is judged again with them. */
  hurried: boolean;
  early: EarlyAnswers;
  /** Statements that were sent and whose answers nobody waited for yet. */
  underWay: Promise<unknown>[];
  /** Rows of which an operation waits, and for what: a later one that overtook it would be overwritten by it. */
  waiting: Map<string, Judgement>;
};

const rowOf = ({ type, id }: Operation): string => `${type}|${id}`;

/** Operations that share a savepoint while all of them are plainly accepted, as long queues nearly always are. */
const groupSize = 50;

/** Neighbours to be judged together. */
export function* groups<T>(operations: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < operations.length; from += groupSize) yield operations.slice(from, from + groupSize);
}

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
  if (work.hurried) return each(false);
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
    const held = work.waiting.get(rowOf(one.op));
    if (held) return { judgement: held };
    const judged = await judgeOne(work, seen, one, alone);
    const { judgement } = judged;
    if (judgement.s === 'wait') work.waiting.set(rowOf(one.op), judgement);
    else stored.set(one.op.op, { sha256: one.sha256, judgement });
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
  const outcome = judged.kind === 'wait' ? ((await endInVain(tx, op, judged.reason)) ?? judged) : judged;
  const clientAt = deviceTime(op.client_at, now);
  const columns = outcome.kind === 'ok' ? outcome.columns : [];
  return { ...received, judgement: judgementOf(caller.actor.id, received, outcome), columns, clientAt };
}

/** What becomes of an operation that waits for a row that will not come, for it was refused to this person or is gone; null where it may. */
async function endInVain(tx: Push['tx'], { set }: Operation, reason: 'files' | 'parent'): Promise<Outcome | null> {
  const named = Object.values(set)
    .flat()
    .filter((value) => typeof value === 'string' && uuid.test(value));
  const { rows } = await tx.query<{ why: 'refused' | 'gone' | null }>('select sync_waits_in_vain($1::uuid[]) as why', [
    named,
  ]);
  switch (rows[0]!.why) {
    case 'refused':
      return { kind: 'refused', code: 'not_allowed', message: 'What this belongs to was not accepted.' };
    case 'gone':
      return {
        kind: 'refused',
        code: reason === 'files' ? 'invalid' : 'closed',
        message: 'What this belongs to is gone.',
      };
    case null:
      return null;
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function judgementOf(userId: string, { op, sha256 }: Received, outcome: Outcome): Judgement {
  if (outcome.kind === 'refused') return refused(userId, op.op, sha256, outcome.code, outcome.message);
  if (outcome.kind === 'wait') return { s: 'wait', reason: outcome.reason };
  return { s: outcome.kind };
}
