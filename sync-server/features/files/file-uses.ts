import type { Tx } from '../../db/sql.ts';

/** Documents that name files inside a JSON column by their ids. */
const namedInJson = [
  ['resources', 'content'],
  ['company_settings', 'branding'],
] as const;

/** Anything in a JSON text that looks like an id; taking too much only keeps a file longer. */
const anyId = `'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'`;

type Naming = { home: string; column: string; kind: 'key' | 'list' | 'json'; tombs: boolean };

/** How the ids of named files are read out of one column of the table `r`. */
const idsOf: Record<Naming['kind'], (column: string) => string> = {
  key: (column) => `r.${column}`,
  list: (column) => `unnest(r.${column})`,
  json: (column) => `(regexp_matches(r.${column}::text, ${anyId}, 'g'))[1]::uuid`,
};

/**
 * SQL that is true where no row names the file `f`, neither by a foreign key, in a list of ids (a column called `…file_ids`), inside one
 * of the JSON documents above, or, for what everybody sees, by its path in the company's branding. Read from the catalogue, so
 * that a new table that names files counts from its first day. A row that was deleted names its files until `tombstoneAge` (SQL,
 * such as `interval '90 days'`) has gone by. Written as one set of ids, so that a sweep over all files reads each table once.
 */
export async function unnamed(tx: Tx, tombstoneAge: string): Promise<string> {
  const { rows } = await tx.query<Naming>(
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
  const sets = rows.map(({ home, column, kind, tombs }) => {
    const alive = tombs ? ` where not (r.is_deleted and r.updated_at < now() - ${tombstoneAge})` : '';
    return `select ${idsOf[kind](column)} as id from ${home} r${alive}`;
  });
  return `not exists (select from (${sets.join('\n union all ')}) named where named.id = f.id)
    and not exists (select from company_settings c where f.bucket = 'company-logos' and position(f.path in c.branding::text) > 0)`;
}

/** Takes the lock of a file and says whether nothing names it, so that a row which names it now waits or sees it gone. */
export async function lockIfUnused(tx: Tx, id: string, tombstoneAge = "interval '0'"): Promise<boolean> {
  // Two statements: the second one sees what another transaction wrote while the first one waited for the lock.
  await tx.query('select from files where id = $1 for update', [id]);
  const isUnnamed = await unnamed(tx, tombstoneAge);
  const { rowCount } = await tx.query(`select from files f where f.id = $1 and ${isUnnamed}`, [id]);
  return rowCount === 1;
}
