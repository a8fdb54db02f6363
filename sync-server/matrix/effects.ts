import type { MatrixStage } from './stage.ts';

type State = { content: string; isGone: boolean };
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, State>>;

/** What stands in some tables now, row by row. */
export async function snapshot(stage: MatrixStage, tables: readonly string[]): Promise<Snapshot> {
  const found = new Map<string, Map<string, State>>();
  for (const name of tables) {
    const table = stage.catalogue.get(name);
    if (!table) throw new Error(`There is no table ${name}`);
    const hasMark = table.columns.some((column) => column.name === 'is_deleted');
    const rows = await stage.rows<{ id: string } & State>(
      `select ${table.key}::text as id, md5(to_jsonb(t)::text) as content, ${hasMark ? 't.is_deleted' : 'false'} as "isGone" from ${name} t`,
    );
    found.set(name, new Map(rows.map(({ id, ...state }) => [id, state])));
  }
  return found;
}

/** What happened between two looks: `insert invoices`, `update users`, `delete courses`. */
export function effectsBetween(before: Snapshot, after: Snapshot): Set<string> {
  const effects = new Set<string>();
  for (const [table, rows] of after) {
    const earlier = before.get(table)!;
    for (const [id, state] of rows) {
      const was = earlier.get(id);
      if (!was) effects.add(`insert ${table}`);
      else if (state.isGone && !was.isGone) effects.add(`delete ${table}`);
      else if (state.content !== was.content) effects.add(`update ${table}`);
    }
    for (const id of earlier.keys()) if (!rows.has(id)) effects.add(`delete ${table}`);
  }
  return effects;
}
