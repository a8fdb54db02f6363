import type { DeviceDatabase } from './device-database.ts';
import type { Sealer } from './sealing.ts';
import { cell, type Cell } from './store.ts';
import type { DraftEntry, DraftState, Store } from './types.ts';

/** Half-written work, sealed, on this device only. */
export type Drafts = {
  draft(key: string): Store<DraftState<unknown>>;
  save(key: string, value: unknown): Promise<void>;
  clear(key: string): Promise<void>;
  list(prefix: string): Promise<DraftEntry[]>;
  /** Drops kept conflict texts older than 90 days (screens 3.3). */
  dropOldKept(now: Date): Promise<void>;
};

/** Where `keep_theirs` puts the person's own text. */
export const keptPrefix = 'kept/';
const keptDays = 90;

export function createDrafts(device: DeviceDatabase, sealer: Sealer, now: () => Date): Drafts {
  const cells = new Map<string, Cell<DraftState<unknown>>>();
  const turns = new Map<string, number>();
  const nextTurn = (key: string): number => {
    const turn = (turns.get(key) ?? 0) + 1;
    turns.set(key, turn);
    return turn;
  };
  const cellOf = (key: string): Cell<DraftState<unknown>> => {
    const known = cells.get(key);
    if (known) return known;
    const made = cell<DraftState<unknown>>({ value: undefined, savedAt: null });
    cells.set(key, made);
    return made;
  };

  async function load(key: string, into: Cell<DraftState<unknown>>): Promise<void> {
    const row = await device.drafts.get(key);
    const value = row ? await sealer.openJson(row.sealed) : null;
    // Somebody may have typed while it was read.
    if (into.get().value === undefined)
      into.set({ value, savedAt: row && value !== null ? new Date(row.saved_at) : null });
  }

  return {
    draft(key) {
      const known = cells.get(key);
      if (known) return known;
      const made = cellOf(key);
      // Only a store that is being closed cannot be read; its screen is about to go.
      load(key, made).catch(() => made.set({ value: null, savedAt: null }));
      return made;
    },
    async save(key, value) {
      const savedAt = now();
      const turn = nextTurn(key);
      cellOf(key).set({ value, savedAt });
      const sealed = await sealer.sealJson(value);
      // An older save that took longer to seal must not replace a newer one, nor bring back what was cleared. Turns decide, not
      // times: two saves may fall into one millisecond.
      await device.transaction('rw', device.drafts, async () => {
        if (turns.get(key) !== turn) return;
        await device.drafts.put({ key, saved_at: savedAt.toISOString(), sealed });
      });
    },
    async clear(key) {
      nextTurn(key);
      cellOf(key).set({ value: null, savedAt: null });
      await device.drafts.delete(key);
    },
    async list(prefix) {
      const rows = await device.drafts.where('key').startsWith(prefix).toArray();
      const entries = await Promise.all(
        rows.map(async (row) => ({
          key: row.key,
          value: await sealer.openJson(row.sealed),
          savedAt: new Date(row.saved_at),
        })),
      );
      return entries.toSorted((a, b) => b.savedAt.getTime() - a.savedAt.getTime());
    },
    async dropOldKept(at) {
      const oldest = new Date(at.getTime() - keptDays * 86_400_000).toISOString();
      const rows = await device.drafts.where('key').startsWith(keptPrefix).toArray();
      await device.drafts.bulkDelete(rows.filter((row) => row.saved_at < oldest).map(({ key }) => key));
    },
  };
}
