import { AppError } from '../../http/errors.ts';
import { OvertakenError, type PushContext } from '../define-sync.ts';
import { isPassing, refusalOf } from './database-refusals.ts';
import { answered, refuse, type Outcome } from './outcome.ts';

/** False for somebody who was shut out since this push was let in. */
export async function isStillLetIn(tx: PushContext['tx'], person: string): Promise<boolean> {
  return (await tx.query('select from users where id = $1', [person])).rowCount === 1;
}

/** In a savepoint of its own: what is not accepted, or fails, leaves no trace. `isNew`: the row is to be made. */
export async function inSavepoint(
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
