import type { Pool } from '../db/sql.ts';

/** One column as Postgres knows it. */
export type Column = {
  name: string;
  type: string;
  /** Given when it is not: neither null nor a default nor computed. */
  isRequired: boolean;
  isNullable: boolean;
  /** The table its values name rows of. */
  parent: string | null;
};
/** One table of ours. `key` names its rows: `id`, or the only column of its primary key. */
export type Table = {
  name: string;
  key: string;
  columns: readonly Column[];
  /** Not even the server changes a row, so none is ever marked as deleted. */
  isAppendOnly: boolean;
};

/** Every table of the schema `public`, from the catalogue: what the database has and not what anybody says it has. */
export async function readCatalogue(server: Pool): Promise<ReadonlyMap<string, Table>> {
  const { rows } = await server.query<Column & { table: string; key: string | null; isAppendOnly: boolean }>(`
    select c.relname as "table", not has_table_privilege(c.oid, 'update') as "isAppendOnly", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull and not a.atthasdef and a.attidentity = '' as "isRequired", not a.attnotnull as "isNullable",
      (select f.confrelid::regclass::text from pg_constraint f
       where f.conrelid = c.oid and f.contype = 'f' and f.conkey = array[a.attnum] limit 1) as parent,
      (select k.attname from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = i.indkey[0]
       where i.indrelid = c.oid and i.indisprimary) as key
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
    order by c.relname, a.attnum`);
  const tables = new Map<string, Omit<Table, 'columns'> & { columns: Column[] }>();
  for (const { table, key, isAppendOnly, ...column } of rows) {
    const known = tables.get(table) ?? { name: table, key: key ?? column.name, columns: [], isAppendOnly };
    known.columns.push(column);
    tables.set(table, known);
  }
  for (const table of tables.values()) if (table.columns.some(({ name }) => name === 'id')) table.key = 'id';
  return tables;
}

/** Views that any app role may ask: the column-by-column views `seen_<table>` and nothing else should be here. */
export async function readableViews(server: Pool): Promise<string[]> {
  const { rows } = await server.query<{ name: string }>(`
    select distinct c.relname as name from pg_class c, unnest(array['app_student', 'app_mentor', 'app_enrollment_manager',
      'app_admin', 'app_superadmin', 'app_anon']) role
    where c.relkind in ('v', 'm') and c.relnamespace = 'public'::regnamespace and has_any_column_privilege(role, c.oid, 'select')`);
  return rows.map(({ name }) => name);
}
