import type { Operation } from '#contract/protocol.ts';
import { allEnded } from '../../db/all-ended.ts';
import type { Tx } from '../../db/sql.ts';
import { deviceTime } from './device-time.ts';
import { askEarly, noEarlyAnswers } from './early-answers.ts';
import { groups, judgeGroup, type Definitions, type Push } from './judge-group.ts';
import { judgePlain } from './judge-plain.ts';
import type { Misshapen, Received } from './parse-operation.ts';
import { createSeen } from './seen.ts';
import {
  findStoredVerdicts,
  keepRejections,
  keepVerdicts,
  type Judged,
  type Judgement,
  type Rejected,
  type StoredVerdict,
} from './verdicts.ts';

/**
 * One try: judges all of a push in its transaction and keeps the verdicts, up to and with the commit. Null where the operation `after`
 * has no verdict yet.
 */
export async function pushOnce(
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
