import type { Role } from '#contract/roles.ts';
import type { PushContext, Row, SyncDefinition } from '../sync/define-sync.ts';
import { parseSet } from '../sync/push/parse-operation.ts';
import { createSeen } from '../sync/push/seen.ts';
import type { Poke } from './pokes.ts';
import { undone } from './sql-door.ts';
import type { MatrixStage } from './stage.ts';
import type { Tally } from './tally.ts';

/** A refused write with whose it is; what the guard answers to it when nothing else stands in the way. */
export type Probe = { role: Role; poke: Poke };

/**
 * Asks the guard alone, in the person's transaction, without the database's wall behind it. Where the wall would refuse as well, a
 * guard that is gone shows in nothing else.
 */
export async function askGuard(stage: MatrixStage, definition: SyncDefinition, { role, poke }: Probe): Promise<string> {
  const me = stage.person(role);
  const client = await stage.client(me);
  const { op } = poke;
  return undone(stage.database.people, me, async (tx) => {
    const seen = createSeen(tx);
    await seen.read([op]);
    const body = seen.get(op.type, op.id)?.body;
    const before = body ? (JSON.parse(body) as Row) : null;
    const deleted = op.deleted === true;
    const parsed = deleted ? { set: {} } : parseSet(definition.table, before === null, op.set);
    if ('fault' in parsed) return 'not parsed';
    const context: PushContext = {
      tx,
      actor: me,
      deviceId: client.deviceId,
      deps: stage.server.deps,
      op,
      now: stage.clock.now(),
      lastSyncAt: null,
      address: null,
    };
    const answer = await definition.guard(context, { before, set: parsed.set, deleted });
    return typeof answer === 'string' ? answer : `wait for ${answer.wait}`;
  });
}

/** Of the refused writes those that the guard itself refuses; a guard that refuses none guards nothing. */
export async function probesOf(
  stage: MatrixStage,
  tally: Tally,
  definition: SyncDefinition,
  candidates: readonly Probe[],
): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (const probe of candidates) if ((await askGuard(stage, definition, probe)) === 'not_allowed') probes.push(probe);
  if (probes.length === 0) tally.blame(`${definition.table.name}: no case shows what its guard refuses by itself`);
  return probes;
}
