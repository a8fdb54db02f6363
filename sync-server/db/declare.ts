import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PoolClient } from './sql.ts';

const folder = import.meta.dirname;
const permissionsModule = path.join(folder, '..', 'permissions', 'generate.ts');

type Part = { name: string; text: string };

/**
 * Declares today's policies, functions, triggers, views and rights, in one transaction. A database that stands as it was left, by
 * this very version, is not touched: every declaration locks every table, and a process that merely starts again must not
 * hold up (or meet in a deadlock) those who are writing through the others.
 */
export async function declareToday(client: PoolClient): Promise<'declared' | 'unchanged'> {
  const parts = await readParts();
  const version = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const { rows } = await client.query<{ stands: boolean }>(
    `select exists (select from server_secrets where name = 'declared' and value = $1 || ' ' || (${standing})) as stands`,
    [version],
  );
  if (rows[0]!.stands) {
    await client.query('select sync_check_epoch()');
    return 'unchanged';
  }
  await client.query("begin; set local lock_timeout = '20s'");
  try {
    await client.query(dropPolicies);
    for (const { name, text } of parts) await declarePart(client, name, text);
    await client.query(
      `insert into server_secrets (name, value) values ('declared', $1 || ' ' || (${standing}))
       on conflict (name) do update set value = excluded.value`,
      [version],
    );
    await client.query('commit');
    return 'declared';
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function declarePart(client: PoolClient, name: string, text: string): Promise<void> {
  await client.query(text).catch((error: Error) => {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  });
}

async function readParts(): Promise<Part[]> {
  const parts = await Promise.all(
    (await listSql('declared')).map(async (file) => ({
      name: path.basename(file),
      text: await readFile(file, 'utf8'),
    })),
  );
  if (existsSync(permissionsModule)) {
    const { permissionsSql } = (await import(permissionsModule)) as { permissionsSql?: () => string };
    if (permissionsSql) parts.push({ name: 'generated permissions', text: permissionsSql() });
  }
  return parts;
}

/** What the catalogue holds of all that is declared, as one digest: a right that was changed by hand makes another. */
const standing = `select md5(string_agg(line, e'\\n' order by line)) from (
  select 'policy ' || to_jsonb(p)::text from pg_policies p where p.schemaname in ('public', 'auth')
  union all
  select 'function ' || p.oid::regprocedure::text || ' ' || (to_jsonb(p) - 'oid')::text
    from pg_proc p where p.pronamespace in ('public'::regnamespace, 'auth'::regnamespace)
  union all
  select 'trigger ' || pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace)
  union all
  select 'relation ' || c.oid::regclass::text || ' ' || coalesce(c.relacl::text, '') || c.relrowsecurity::text || c.relforcerowsecurity::text
      || case when c.relkind = 'v' then pg_get_viewdef(c.oid) || coalesce(c.reloptions::text, '') else '' end
    from pg_class c where c.relkind in ('r', 'p', 'v', 'S') and c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace)
  union all
  select 'column ' || a.attrelid::regclass::text || '.' || a.attname || ' ' || a.attacl::text
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attacl is not null and c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace)
) described (line)`;

/** Policies are dropped first, so that one which was taken out of its file is gone from the database too. */
const dropPolicies = `do $$ declare policy record; begin
  for policy in select policyname, tablename from pg_policies where schemaname = 'public' loop
    execute format('drop policy %I on %I', policy.policyname, policy.tablename);
  end loop;
end $$`;

/** The files of one folder of SQL, in the order of their names. */
export async function listSql(name: 'migrations' | 'declared'): Promise<string[]> {
  const files = await readdir(path.join(folder, name));
  return files
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => path.join(folder, name, file));
}
