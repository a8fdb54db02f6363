import type { Tx } from '../../db/sql.ts';
import type { SeenRow } from '../frames.ts';

type Name = { type: string; id: string };

/** The rows of a push as the person sees them, read ahead in one go and again once they were written. */
export type Seen = {
  read(names: readonly Name[]): Promise<void>;
  /** Undefined where there never was such a row for this person. Read it first. */
  get(type: string, id: string): SeenRow | undefined;
  forget(type: string, id: string): void;
  forgetAll(): void;
  /** When other devices of this person last wrote the row's columns. */
  lastWrites(id: string, writer: string | null): Promise<(column: string) => Date | null>;
};

const keyOf = (type: string, id: string): string => `${type}|${id}`;

export function createSeen(tx: Tx): Seen {
  const rows = new Map<string, SeenRow | undefined>();

  return {
    async read(names) {
      const missing = new Map(
        names.filter(({ type, id }) => !rows.has(keyOf(type, id))).map((name) => [keyOf(name.type, name.id), name]),
      );
      if (missing.size === 0) return;
      const asked = [...missing.values()];
      const answer = await tx.query<SeenRow>({
        name: 'sync-seen',
        text: 'select type, id, v, body from sync_seen($1, $2)',
        values: [asked.map(({ type }) => type), asked.map(({ id }) => id)],
      });
      for (const key of missing.keys()) rows.set(key, undefined);
      for (const row of answer.rows) rows.set(keyOf(row.type, row.id), row);
    },
    get: (type, id) => rows.get(keyOf(type, id)),
    forget: (type, id) => void rows.delete(keyOf(type, id)),
    forgetAll: () => rows.clear(),
    async lastWrites(id, writer) {
      const { rows: times } = await tx.query<{ column: string; client_at: string }>({
        name: 'sync-column-times',
        text: 'select "column", client_at from sync_column_times(array[$1::uuid], $2)',
        values: [id, writer],
      });
      const stored = new Map(times.map(({ column, client_at }) => [column, new Date(client_at)]));
      return (column) => stored.get(column) ?? null;
    },
  };
}
