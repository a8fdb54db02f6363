import { heldWorkDays } from '#contract/api/wipe.ts';
import { cell, type Cell } from '../store.ts';
import { reportWiped, type WipeDoor } from './ask-order.ts';
import type { HeldDatabase } from './held-database.ts';

/** What is left to do once a wipe is carried out: its person is told, the server hears of it, and it is forgotten. */
export type Aftermath = {
  /** When this device was signed out by an order and its person has not been told yet. */
  signedOut: Cell<Date | null>;
  tell(): Promise<void>;
  /** Reports what is done; forgets what was reported and read. A report that does not get through is made at the next look. */
  settle(): Promise<void>;
  /** The person has read that the device was signed out. */
  noteRead(): Promise<void>;
  /** Forgets held work that nobody came back for; the server keeps its key a while longer. */
  dropOldWork(now: Date): Promise<void>;
};

export function createAftermath(held: HeldDatabase, door: WipeDoor): Aftermath {
  const signedOut = cell<Date | null>(null);

  async function tell(): Promise<void> {
    const unread = (await held.wipes.toArray()).find(({ step, seen }) => step === 'done' && !seen);
    signedOut.set(unread ? new Date(unread.at) : null);
  }

  return {
    signedOut,
    tell,
    async settle() {
      if (!(await held.isThere())) return;
      await tell();
      for (const row of await held.wipes.toArray()) {
        if (row.step === 'done' && !row.reported) {
          await reportWiped(door, row.order);
          await held.wipes.update(row.user_id, { reported: true });
        }
      }
      await held.wipes.filter(({ step, reported, seen }) => step === 'done' && reported && seen).delete();
    },
    async noteRead() {
      await held.wipes.filter(({ step }) => step === 'done').modify({ seen: true });
    },
    async dropOldWork(now) {
      const oldest = new Date(now.getTime() - heldWorkDays * 86_400_000).toISOString();
      const old = await held.held.where('kept_at').below(oldest).primaryKeys();
      await held.held.bulkDelete(old);
      await held.files.where('held_id').anyOf(old).delete();
    },
  };
}
