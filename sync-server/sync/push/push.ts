import type { Operation } from '#contract/protocol.ts';
import { findTable } from '#contract/tables/index.ts';
import { allEnded } from '../../db/all-ended.ts';
import { asActor } from '../../db/as-actor.ts';
import { isCollision } from '../../db/collisions.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { touchKnownDevice, type Caller } from '../caller.ts';
import { isPassing } from './database-refusals.ts';
import { askEarly, noEarlyAnswers } from './early-answers.ts';
import type { Herald } from '../feeder/feeder.ts';
import { deviceTime, isStillLetIn } from './judge.ts';
import { groups, judgeGroup, type Definitions, type Push } from './judge-group.ts';
import { judgePlain } from './judge-plain.ts';
import type { Misshapen, Received } from './parse-operation.ts';
import { createSeen } from './seen.ts';
import {
  findStoredVerdicts,
  keepRejections,
  keepVerdicts,
  verdictText,
  type Judged,
  type Judgement,
  type Rejected,
  type StoredVerdict,
} from './verdicts.ts';

/** Tries of a push that collided with another transaction. */
const tries = 4;
/** So few operations are hurried: what a person does with the line open should not wait for savepoints that are hardly ever used. */
const few = 3;

type PushOptions = {
  after?: string | undefined;
  herald?: Herald;
  /** Called once all is stored: the person's next push may be judged while the rows of this one's answer are read. */
  onStored?: () => void;
};

/**
 * Judges the operations of one push, each alone and in order, as the person; answers the response as JSON text. What was judged
 * before gets its first verdict again. Nothing is stored unless all is. `herald` tells of it. `after`: an operation of the same person
 * that has to have its verdict first; until then none is judged.
 */
export async function push(
  deps: Deps,
  definitions: Definitions,
  caller: Caller,
  operations: readonly (Received | Misshapen)[],
  { herald, after, onStored }: PushOptions = {},
): Promise<string> {
  const now = deps.clock.now();
  let touched: Promise<Date | null> | null = null;
  const touch = () => (touched ??= touchKnownDevice(deps, caller, now));
  const as = { claims: { session_id: caller.sessionId } };
  const judgeAll = async (): Promise<Judgement[] | null> => {
    let hurried = operations.length <= few;
    for (let attempt = 1; ; attempt++) {
      try {
        return await asActor(
          deps.people,
          caller.actor,
          async (tx, _client, commit) => {
            // Nothing is refused for good because its person was shut out meanwhile.
            if (attempt > 1 && !(await isStillLetIn(tx, caller.actor.id))) throw new AppError('LOGIN_BLOCKED');
            const work = { deps, definitions, caller, operations, tx, now, hurried, underWay: [], waiting: new Map() };
            return pushOnce(work, after, touch, () => allEnded([commit(), herald?.behindCommit(tx)]));
          },
          as,
        );
      } catch (error) {
        if (hurried && !isPassing(error)) hurried = false;
        else if (!isCollision(error) || attempt === tries) throw error;
      }
    }
  };
  const judgements = await judgeAll();
  if (!judgements) return `{"verdicts":[],"server_time":"${deps.clock.now().toISOString()}"}`;
  onStored?.();
  herald?.committed();
  count(deps, judgements);
  // Read once all is committed, and of a few behind the others' news: who waits for the change on another screen does not wait for
  // what only its writer is told.
  if (operations.length <= few) await herald?.read();
  const [verdicts] = await asActor(
    deps.people,
    caller.actor,
    (tx, _client, commit) => allEnded([answer(tx, operations, judgements), commit()]),
    as,
  );
  return `{"verdicts":[${verdicts!.join(',')}],"server_time":"${deps.clock.now().toISOString()}"}`;
}

/** Counted once all is stored. */
function count({ metrics }: Deps, judgements: readonly Judgement[]): void {
  for (const judgement of judgements) {
    metrics.operations.inc({ verdict: judgement.s });
    if (judgement.s === 'refused') metrics.refusedOperations.inc({ code: judgement.code });
  }
}

async function pushOnce(
  given: Omit<Push, 'lastSyncAt' | 'early'>,
  after: string | undefined,
  touch: () => Promise<Date | null>,
  commit: () => Promise<unknown>,
): Promise<Judgement[] | null> {
  const { deps, caller, operations, tx, hurried } = given;
  const ops = operations.flatMap((one) => ('sha256' in one ? [one.op] : []));
  const seen = createSeen(tx);
  const turn = takeTurn(tx, caller.actor.id);
  const finding = findStoredVerdicts(tx, [...ops.map(({ op }) => op), ...(after ? [after] : [])]);
  const readUnjudged = (known: ReadonlyMap<string, StoredVerdict>, some: readonly Operation[]) =>
    seen.read(some.filter(({ op }) => !known.has(op)));
  const unknown = ops.filter((op) => !isPlainlyNew(given.definitions, op));
  // Many are worth the wait for what need not be read.
  const reading = hurried ? seen.read(unknown) : finding.then((known) => readUnjudged(known, unknown));
  const early = hurried ? askEarly(given) : noEarlyAnswers;
  const [, , stored, , , lastSyncAt] = await allEnded([
    caller.confirmed,
    turn,
    finding,
    reading,
    early.ended,
    touch(),
  ] as const);
  if (after && !stored.has(after)) return null;
  // Clocks that run ahead are held to this, so it is looked at when the turn is there: of two writes the one judged later is the newer.
  const work: Push = { ...given, now: deps.clock.now(), lastSyncAt, early };

  const judgings = await judgePlain(work, seen, stored);
  const others = [...operations.entries()].filter(([at]) => !judgings.has(at));
  await readUnjudged(
    stored,
    others.flatMap(([, one]) => ('sha256' in one ? [one.op] : [])),
  );
  for (const group of groups(others)) {
    const judged = await judgeGroup(
      work,
      seen,
      stored,
      group.map(([, one]) => one),
    );
    for (const [place, [at]] of group.entries()) judgings.set(at, judged[place]!);
  }
  const fresh: Judged[] = [];
  const rejected: Rejected[] = [];
  const judgements: Judgement[] = [];
  for (const [at, one] of operations.entries()) {
    const { judgement, judged } = judgings.get(at)!;
    judgements.push(judgement);
    if (judged) fresh.push(judged);
    if (judgement.s === 'refused' && (judged || !isKnown(stored, one)))
      rejected.push(rejectionOf(one, judgement, work.now));
  }
  await allEnded([
    ...given.underWay,
    keepVerdicts(tx, deps.serverKey, caller.deviceId, fresh),
    keepRejections(tx, deps.serverKey, caller.deviceId, rejected),
    commit(),
  ]);
  return judgements;
}

/**
 * True for a row that its device made under an id that only chance could make twice. It is written without a look whether it is
 * there: where it is, the database says so, and it is judged with the look.
 */
function isPlainlyNew(definitions: Definitions, { type, base, deleted }: Operation): boolean {
  const definition = definitions.get(type);
  return base === null && deleted !== true && !!definition?.plainInserts && !definition.table.naturalKey;
}

/** One push of a person at a time: two devices of theirs, or one that asks twice, must not judge by each other's unseen writes. */
async function takeTurn(tx: Tx, person: string): Promise<void> {
  await tx.query({
    name: 'sync-turn',
    text: "select pg_advisory_xact_lock(hashtextextended('push ' || $1, 0))",
    values: [person],
  });
}

/** True where the operation came before with this content, so that its refusal is kept already. */
const isKnown = (stored: ReadonlyMap<string, StoredVerdict>, one: Received | Misshapen): boolean =>
  'sha256' in one && stored.get(one.op.op)?.sha256 === one.sha256;

function rejectionOf(one: Received | Misshapen, judgement: Judgement, now: Date): Rejected {
  if ('sha256' in one) {
    const { op } = one;
    return { collection: op.type, docId: op.id, judgement, pushed: op.set, clientAt: deviceTime(op.client_at, now) };
  }
  return { collection: one.type, docId: one.id, judgement, pushed: { operation: one.content }, clientAt: now };
}

/** Every verdict with the row as the person sees it after all of the push. */
async function answer(tx: Tx, operations: Push['operations'], judgements: readonly Judgement[]): Promise<string[]> {
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
