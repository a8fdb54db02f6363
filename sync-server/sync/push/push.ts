import { allEnded } from '../../db/all-ended.ts';
import { asActor } from '../../db/as-actor.ts';
import { isCollision } from '../../db/collisions.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { touchKnownDevice, type Caller } from '../caller.ts';
import type { Herald } from '../feeder/feeder.ts';
import { isPassing } from './database-refusals.ts';
import type { Definitions } from './judge-group.ts';
import type { Misshapen, Received } from './parse-operation.ts';
import { pushOnce } from './push-once.ts';
import { readAnswer } from './read-answer.ts';
import { isStillLetIn } from './savepoint.ts';
import type { Judgement } from './verdicts.ts';

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
    (tx, _client, commit) => allEnded([readAnswer(tx, operations, judgements), commit()]),
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
