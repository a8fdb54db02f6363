import type { Pool, Tx } from '../db/sql.ts';

type Value = string | number | boolean | null | readonly unknown[] | Readonly<Record<string, unknown>>;
/** A row under SQL's names; columns that are left out keep their default. */
export type NewRow = Readonly<Record<string, Value | undefined>>;

const identifier = /^[a-z][a-z0-9_]*$/;

/**
 * Inserts rows of one table as the server and returns their ids in order. All rows have the columns of the first one.
 * Table and column names come from the source text of this program only; the values travel as one bound document.
 */
export async function insertRows(db: Tx | Pool, table: string, rows: readonly NewRow[]): Promise<string[]> {
  const [first] = rows;
  if (!first) return [];
  const columns = Object.keys(first).filter((column) => first[column] !== undefined);
  for (const name of [table, ...columns]) if (!identifier.test(name)) throw new Error(`Not an identifier: ${name}`);
  const list = columns.join(', ');
  const ids: string[] = [];
  for (let start = 0; start < rows.length; start += batchSize) {
    const { rows: inserted } = await (db as Tx).query<{ id: string }>(
      `insert into ${table} (${list}) select ${list} from jsonb_populate_recordset(null::${table}, $1) returning to_jsonb(${table}) ->> 'id' as id`,
      [JSON.stringify(rows.slice(start, start + batchSize))],
    );
    for (const row of inserted) ids.push(row.id);
  }
  return ids;
}

const batchSize = 2000;

/** Inserts one row and returns its id. */
export async function insertRow(db: Tx | Pool, table: string, row: NewRow): Promise<string> {
  const [id] = await insertRows(db, table, [row]);
  if (id === undefined) throw new Error(`Nothing was inserted into ${table}`);
  return id;
}
