import type { Pool } from '../db/sql.ts';

type Line = { owner: string; line: string };

/**
 * The schema as text, by questions to the catalogue: every table with its columns, keys, checks, indexes and triggers, every
 * sequence and every function of ours by its signature. The same text on every PostgreSQL that we run on. Who may do what is left
 * out: it is made afresh at each deploy, and `docs/schema.md` tells it.
 */
export async function dumpSchema(db: Pool): Promise<string> {
  const tables = await lines(db, columns);
  const parts = [await lines(db, constraints), await lines(db, indexes), await lines(db, triggers)];
  const blocks = [...tables].map(([name, rows]) =>
    [`table ${name}`, ...rows, ...parts.flatMap((part) => part.get(name) ?? [])].join('\n'),
  );
  const others = [...(await lines(db, views)), ...(await lines(db, functions))].flatMap(([, rows]) => rows);
  return `${blocks.join('\n\n')}\n\n${others.join('\n')}\n`;
}

async function lines(db: Pool, query: string): Promise<Map<string, string[]>> {
  const { rows } = await db.query<Line>(query);
  const byOwner = Map.groupBy(rows, ({ owner }) => owner);
  return new Map([...byOwner].map(([owner, found]) => [owner, found.map(({ line }) => line)]));
}

const ours = "n.nspname in ('public', 'auth')";
/** The migrator keeps its own books in our schema. */
const notBooks = "c.relname not like 'kysely%'";

const columns = `
  select c.relname as owner, '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end
    || case when d.oid is null then '' when a.attgenerated = 's' then ' generated as ' || pg_get_expr(d.adbin, d.adrelid)
       else ' default ' || pg_get_expr(d.adbin, d.adrelid) end as line
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where ${ours} and c.relkind in ('r', 'p') and ${notBooks} order by c.relname, a.attnum`;

/** Not the NOT NULLs, which newer versions list here too. */
const constraints = `
  select c.relname as owner, '  constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) as line
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and ${notBooks} and k.contype in ('p', 'u', 'f', 'c', 'x') order by c.relname, k.conname`;

const indexes = `
  select c.relname as owner, '  ' || pg_get_indexdef(i.indexrelid) as line
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and ${notBooks} and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  order by c.relname, 2`;

const triggers = `
  select c.relname as owner, '  ' || pg_get_triggerdef(t.oid) as line
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and ${notBooks} and not t.tgisinternal order by c.relname, t.tgname`;

const views = `
  select c.relname as owner, 'view ' || c.relname || ' (' || string_agg(a.attname, ', ' order by a.attnum) || ')' as line
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  where ${ours} and c.relkind = 'v' group by c.relname order by 1`;

const functions = `
  select p.proname as owner, 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_arguments(p.oid) || ') returns '
    || pg_get_function_result(p.oid) || case when p.prosecdef then ' as its owner' else '' end as line
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where ${ours} and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by p.proname, 2`;
