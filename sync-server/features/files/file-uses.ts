import type { Tx } from '../../db/sql.ts';

/** Documents that name files inside a JSON column, by id or by path. */
const namedInJson = [
  ['resources', 'content'],
  ['company_settings', 'branding'],
] as const;

/**
 * SQL that is true where some row names the file `f`: by a foreign key, in a list of ids (a column called `…file_ids`) or inside
 * one of the JSON documents above. Read from the catalogue, so that a new table that names files counts from its first day.
 * A row that was deleted names its files until `tombstoneAge` (SQL, such as `interval '90 days'`) has gone by.
 */
export async function fileUses(tx: Tx, tombstoneAge: string): Promise<string> {
  const { rows } = await tx.query<{ home: string; column: string; kind: 'key' | 'list' | 'json'; tombs: boolean }>(
    `with named as (
       select c.conrelid as home, a.attname as column, 'key' as kind
       from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
       where c.contype = 'f' and c.confrelid = 'files'::regclass and cardinality(c.conkey) = 1
       union all
       select a.attrelid, a.attname, 'list' from pg_attribute a join pg_class t on t.oid = a.attrelid
       where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and a.atttypid = 'uuid[]'::regtype
         and a.attname like '%file\\_ids' and not a.attisdropped
       union all
       select a.attrelid, a.attname, 'json' from unnest($1::text[], $2::text[]) as j(home, name)
       join pg_attribute a on a.attrelid = to_regclass(j.home) and a.attname = j.name and a.atttypid = 'jsonb'::regtype
     )
     select quote_ident(t.relname) as home, quote_ident(n.column) as column, n.kind,
       exists (select from pg_attribute d where d.attrelid = n.home and d.attname = 'is_deleted') as tombs
     from named n join pg_class t on t.oid = n.home`,
    [namedInJson.map(([table]) => table), namedInJson.map(([, column]) => column)],
  );
  const matches = {
    key: (column: string) => `r.${column} = f.id`,
    list: (column: string) => `f.id = any (r.${column})`,
    json: (column: string) =>
      `(position(f.id::text in r.${column}::text) > 0 or position(f.path in r.${column}::text) > 0)`,
  };
  const uses = rows.map(({ home, column, kind, tombs }) => {
    const alive = tombs ? ` and not (r.is_deleted and r.updated_at < now() - ${tombstoneAge})` : '';
    return `exists (select from ${home} r where ${matches[kind](column)}${alive})`;
  });
  return `(${uses.join('\n or ')})`;
}

/** Takes the lock of a file and says whether nothing names it, so that a row which names it now waits or sees it gone. */
export async function lockIfUnused(tx: Tx, id: string, tombstoneAge = "interval '0'"): Promise<boolean> {
  // Two statements: the second one sees what another transaction wrote while the first one waited for the lock.
  await tx.query('select from files where id = $1 for update', [id]);
  const { rowCount } = await tx.query(
    `select from files f where f.id = $1 and not ${await fileUses(tx, tombstoneAge)}`,
    [id],
  );
  return rowCount === 1;
}
