import type { OutboxRow } from './device-database.ts';
import { cell, type Cell } from './store.ts';

/** The queue in memory, in the order of `seq` and by row. A change costs what it changes, however long the queue is. */
export type QueuedRows = {
  all: Cell<readonly OutboxRow[]>;
  /** Writes of one row, oldest first. */
  of(key: string): readonly OutboxRow[];
  has(key: string): boolean;
  append(row: OutboxRow): void;
  /** Takes some out, by what they are now, and puts others in their place. */
  change(gone: readonly OutboxRow[], replaced: readonly OutboxRow[]): void;
};

const none: readonly OutboxRow[] = [];

export function createQueuedRows(initial: readonly OutboxRow[]): QueuedRows {
  const all = cell(initial);
  const byKey = new Map<string, readonly OutboxRow[]>();
  const of = (key: string): readonly OutboxRow[] => byKey.get(key) ?? none;
  const file = (row: OutboxRow): void => void byKey.set(row.key, [...of(row.key), row]);
  for (const row of initial) file(row);

  return {
    all,
    of,
    has: (key) => byKey.has(key),
    append(row) {
      file(row);
      all.set([...all.get(), row]);
    },
    change(gone, replaced) {
      if (gone.length === 0 && replaced.length === 0) return;
      const left = new Set(gone.map(({ seq }) => seq));
      const next = new Map(replaced.map((row) => [row.seq, row]));
      // By hand: every answer to a queue of thousands comes by here, for the whole of it and for each row.
      const after = (rows: readonly OutboxRow[]): OutboxRow[] => {
        const kept: OutboxRow[] = [];
        for (const row of rows) if (!left.has(row.seq)) kept.push(next.get(row.seq) ?? row);
        return kept;
      };
      const keys = new Set<string>();
      for (const { key } of gone) keys.add(key);
      for (const { key } of replaced) keys.add(key);
      for (const key of keys) {
        const own = after(of(key));
        if (own.length > 0) byKey.set(key, own);
        else byKey.delete(key);
      }
      all.set(after(all.get()));
    },
  };
}
