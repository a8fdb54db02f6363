import { ConflictClosedError } from '../../renderer/data/types.ts';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import type { Device } from './device.ts';
import type { Ledger } from './ledger.ts';
import { marksIn } from './tokens.ts';

/** A person deals with some of what was not taken: keeps the own text, the one that stands, or is done with it. */
export const answerProblems = (device: Device, dice: Dice, ledger: Ledger): Promise<void> =>
  device.here(async () => {
    const replica = device.replica!;
    for (const { key, kind, type, id, mine } of replica.problems.get()) {
      if (!dice.chance(0.3)) continue;
      ledger.answered.add(`${device.name}|${type}|${id}`);
      if (kind !== 'conflict') {
        for (const { text } of marksIn(JSON.stringify(mine))) ledger.forgive(text);
        await replica.discardProblem(key);
        continue;
      }
      const choice = dice.pick(['send_mine', 'keep_theirs'] as const);
      // Whoever keeps the own text, saw the one that it replaces. Who keeps the other's finds the own one as a draft.
      if (choice === 'send_mine') ledger.drop(type, id, JSON.stringify(await replica.find(type, { id })));
      try {
        await replica.resolveConflict(key, choice);
      } catch (error) {
        // The row went, or was decided; the problem stays where it is.
        if (!(error instanceof ConflictClosedError)) throw error;
      }
    }
  });
