import type { TestDatabase } from '../../../sync-server/testing/test-database.ts';
import { marksIn } from '../tokens.ts';

export type Place = { table: string; id: string; column: string; isThere: boolean };
/** Where each mark stands on the server, or once stood, in whatever table. */
export type Places = Map<string, Place[]>;

/** The engine's own tables say everything once more. */
const bookkeeping = new Set(['sync_rows', 'sync_ops', 'sync_members', 'schema_migrations', 'declared_state']);

/** Takes in where everything stands now. */
export async function notePlaces({ server }: TestDatabase, places: Places): Promise<void> {
  const { rows: tables } = await server.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'id'
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped`,
  );
  for (const list of places.values()) for (const place of list) place.isThere = false;
  for (const { name } of tables) {
    if (bookkeeping.has(name)) continue;
    const { rows } = await server.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${name} t where t::text ~ '~[a-z]+:[0-9a-f-]{36}:'`,
    );
    for (const { row } of rows)
      for (const [column, value] of Object.entries(row))
        for (const { text } of marksIn(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))) {
          const list = places.get(text) ?? [];
          const id = String(row['id']);
          const known = list.find((place) => place.table === name && place.id === id && place.column === column);
          if (known) known.isThere = true;
          else list.push({ table: name, id, column, isThere: true });
          places.set(text, list);
        }
  }
}
