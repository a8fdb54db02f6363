import { findTable } from '#contract/tables/index.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { touchDevice, type Caller } from '../caller.ts';
import type { SyncDefinition } from '../define-sync.ts';
import { isCollision, isPassing } from './database-refusals.ts';
import { deviceTime, judge, type Outcome } from './judge.ts';
import type { Misshapen, Received } from './parse-operation.ts';
import { createSeen, type Seen } from './seen.ts';
import {
  findStoredVerdicts,
  keepRejections,
  keepVerdicts,
  refused,
  verdictText,
  type Judged,
  type Judgement,
  type Rejected,
  type StoredVerdict,
} from './verdicts.ts';

export type Definitions = ReadonlyMap<string, SyncDefinition>;

/** Tries of a push that collided with another transaction. */
const tries = 4;

/**
 * Judges the operations of one push, each alone and in order, as the person; answers the response as JSON text. What was judged
 * before gets its first verdict again. Nothing is stored unless all is.
 */
export async function push(
  deps: Deps,
  definitions: Definitions,
  caller: Caller,
  operations: readonly (Received | Misshapen)[],
): Promise<string> {
  const now = deps.clock.now();
  const { previous } = await touchDevice(deps, caller, now);
  for (let attempt = 1; ; attempt++) {
    try {
      const verdicts = await asActor(
        deps.people,
        caller.actor,
        (tx) => pushOnce({ deps, definitions, caller, operations, tx, now, lastSyncAt: previous }),
        {
          claims: { session_id: caller.sessionId },
        },
      );
      return `{"verdicts":[${verdicts.join(',')}],"server_time":"${deps.clock.now().toISOString()}"}`;
    } catch (error) {
      if (!isCollision(error) || attempt === tries) throw error;
    }
  }
}

type Push = {
  deps: Deps;
  definitions: Definitions;
  caller: Caller;
  operations: readonly (Received | Misshapen)[];
  tx: Tx;
  now: Date;
  lastSyncAt: Date | null;
};

async function pushOnce(work: Push): Promise<string[]> {
  const { deps, caller, operations, tx, now } = work;
  // One push of a person at a time: two devices of theirs, or one that asks twice, must not judge by each other's unseen writes.
  await tx.query({
    name: 'sync-turn',
    text: "select pg_advisory_xact_lock(hashtextextended('push ' || $1, 0))",
    values: [caller.actor.id],
  });
  const received = operations.filter((one): one is Received => 'sha256' in one);
  const stored = await findStoredVerdicts(
    tx,
    received.map(({ op }) => op.op),
  );
  const seen = createSeen(tx);
  await seen.read(received.filter(({ op }) => !stored.has(op.op)).map(({ op }) => op));

  const fresh: Judged[] = [];
  const rejected: Rejected[] = [];
  const judgements: Judgement[] = [];
  for (const group of groups(operations)) {
    for (const [at, { judgement, judged }] of (await judgeGroup(work, seen, stored, group)).entries()) {
      const one = group[at]!;
      judgements.push(judgement);
      if (judged) fresh.push(judged);
      if (judged || !isKnown(stored, one)) rejected.push(rejectionOf(one, judgement, now));
    }
  }
  await keepVerdicts(tx, deps.serverKey, caller.deviceId, fresh);
  await keepRejections(tx, deps.serverKey, caller.deviceId, rejected);
  return answer(work, judgements);
}

/** Operations that share a savepoint while all of them are plainly accepted, as long queues nearly always are. */
const groupSize = 50;

function groups<T>(operations: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(operations.length / groupSize) }, (_, at) =>
    operations.slice(at * groupSize, (at + 1) * groupSize),
  );
}

/** Judges a few operations together, and one by one where that does not go smoothly. */
async function judgeGroup(
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
  if (group.length < 4) return each(true);
  const takeBack = seen.mark();
  const known = new Set(stored.keys());
  await tx.query('savepoint operations');
  try {
    return await each(false);
  } catch (error) {
    if (isPassing(error)) throw error;
    await tx.query('rollback to savepoint operations');
    takeBack();
    for (const op of [...stored.keys()]) if (!known.has(op)) stored.delete(op);
    return await each(true);
  } finally {
    // After an error that ends the whole transaction there is none left to release, and that error is the one to tell.
    await tx.query('release savepoint operations').catch(() => undefined);
  }
}

/** True where the operation came before with this content, so that its refusal is kept already. */
const isKnown = (stored: ReadonlyMap<string, StoredVerdict>, one: Received | Misshapen): boolean =>
  'sha256' in one && stored.get(one.op.op)?.sha256 === one.sha256;

type Judging = { judgement: Judgement; judged?: Judged };

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

function rejectionOf(one: Received | Misshapen, judgement: Judgement, now: Date): Rejected {
  if ('sha256' in one) {
    const { op } = one;
    return { collection: op.type, docId: op.id, judgement, pushed: op.set, clientAt: deviceTime(op.client_at, now) };
  }
  return { collection: one.type, docId: one.id, judgement, pushed: { operation: one.content }, clientAt: now };
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
  const context = { tx, actor: caller.actor, deviceId: caller.deviceId, deps, op, now, lastSyncAt };
  const outcome: Outcome = definition
    ? await judge(context, definition, seen, received, alone)
    : { kind: 'refused', code: 'not_allowed' };
  const clientAt = deviceTime(op.client_at, now);
  const columns = outcome.kind === 'ok' ? outcome.columns : [];
  seen.noteWrite(op.id, columns, clientAt);
  return { ...received, judgement: judgementOf(caller.actor.id, received, outcome), columns, clientAt };
}

function judgementOf(userId: string, { op, sha256 }: Received, outcome: Outcome): Judgement {
  if (outcome.kind === 'refused') return refused(userId, op.op, sha256, outcome.code, outcome.message);
  if (outcome.kind === 'wait') return { s: 'wait', reason: outcome.reason };
  return { s: outcome.kind };
}

/** Every verdict with the row as the person sees it after all of the push. */
async function answer({ operations, tx }: Push, judgements: readonly Judgement[]): Promise<string[]> {
  const names = operations.map((one) => ('sha256' in one ? one.op : one));
  const now = createSeen(tx);
  await now.read(names.filter(({ type, id }) => findTable(type) && isUuid(id)));
  return operations.map((one, at) => {
    const name = 'sha256' in one ? one.op : one;
    const isKept = findTable(name.type) !== undefined && !findTable(name.type)!.device.pushOnly && 'sha256' in one;
    return verdictText(
      name as { op: string; type: string; id: string },
      judgements[at]!,
      isKept ? now.get(name.type, name.id) : null,
    );
  });
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
