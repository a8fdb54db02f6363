import { ApplyError } from './apply.ts';
import type { Master, RowName } from './documents.ts';

/** A write to a row whose last one is kept but not shown yet: made over something its person did not see. Nothing of it is kept. */
export class UnshownError extends Error {
  constructor(type: string) {
    super(`${type}: an earlier change of this row was not on the screen; look again`);
    this.name = 'UnshownError';
  }
}

/**
 * Rows whose last write is safe in the queue but could not be put on the replica, for the disk refused it. Until they are shown, a
 * person would write over what they never saw, and the queue would join the two.
 */
export type Unshown = {
  add(row: RowName, master: Master): void;
  /** It is on the screen. */
  drop(key: string): void;
  has(key: string): boolean;
  /** Tries to show them again; those that still cannot be shown stay. Call inside a turn. */
  heal(): Promise<void>;
};

export function createUnshown(show: (row: RowName, master: Master) => Promise<void>): Unshown {
  const rows = new Map<string, { row: RowName; master: Master }>();
  return {
    add: (row, master) => void rows.set(row.key, { row, master }),
    drop: (key) => void rows.delete(key),
    has: (key) => rows.has(key),
    async heal() {
      for (const { row, master } of [...rows.values()]) {
        try {
          await show(row, master);
        } catch (error) {
          if (!(error instanceof ApplyError)) throw error;
          return;
        }
      }
    },
  };
}
