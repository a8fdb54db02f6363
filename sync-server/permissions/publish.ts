import { publishedViews, scopeOf } from './fragments.ts';
import type { Dependency, TablePermissions, View } from './view.ts';

/** Any number: writers whose rows hang on a parent share it, whoever moves the parent takes it alone. */
const moveLock = 7_461_002_118;

/** The function that writes a table's published rows, and the triggers that call it. */
export function publishingSql(permissions: TablePermissions): string {
  const { table, dependsOn } = permissions;
  const views = publishedViews(permissions);
  if (views.length === 0) return '';
  return [
    publishFunction(table, views, dependsOn.length > 0),
    ownTriggers(table),
    ...dependsOn.map((one, at) => parentTriggers(table, one, at)),
  ].join('\n');
}

/** The text of a body up to its version token is equally long in every row of a table; what follows is its content. */
const contentStart = (table: string): number =>
  `{"type":"${table}","id":"${'x'.repeat(36)}","v":"${'x'.repeat(36)}`.length + 1;

/**
 * Publishes rows anew: writes what changed, buries what left a scope. A body that differs in nothing but its token is left alone,
 * unless a device said again what the row says already: whoever edits the row after that has to be weighed against it.
 * What it reads was written a moment ago and lies in memory, where a look-up costs little more than the next row of a walk.
 * Its own table's triggers and those of the rows it depends on call it, nobody else can.
 */
function publishFunction(table: string, views: readonly View[], hangsOnOthers: boolean): string {
  const start = contentStart(table);
  return `
create or replace function sync_publish_${table}(ids uuid[]) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = 'auto' set random_page_cost = 1.1 as $$
begin
  if coalesce(cardinality(ids), 0) = 0 then return; end if;
  -- A few rows, as devices write them: planning would cost more than the work. Many: a plan for a few would not end.
  perform set_config('plan_cache_mode', case when cardinality(ids) < 20 then 'force_generic_plan' else 'force_custom_plan' end, true);
  ${hangsOnOthers ? `perform pg_advisory_xact_lock_shared(${moveLock});` : ''}
  with wanted as materialized (
    select distinct on (id, scope) id, scope, rank, v, body from (
      ${views.map((view) => select(table, view)).join('\n      union all\n      ')}
    ) each
    where scope is not null
    order by id, scope, rank desc
  ),
  buried as (
    update sync_rows r set deleted = true, body = null,
      v = coalesce((select t.v from ${table} t where t.id = r.id and t.is_deleted), r.v)
    where r.type = '${table}' and r.id = any(ids) and not r.deleted
      and not exists (select from wanted w where w.id = r.id and w.scope = r.scope)
  )
  insert into sync_rows as r (type, id, scope, rank, v, body)
  select '${table}', id, scope, rank, v, body from wanted
  on conflict (type, id, scope) do update set rank = excluded.rank, v = excluded.v, deleted = false, body = excluded.body
  where r.deleted or r.rank <> excluded.rank or substr(r.body, ${start}) <> substr(excluded.body, ${start})
    or (r.v <> excluded.v and current_setting('app.said_again', true) = 'on');
end $$;`;
}

function select(table: string, view: View): string {
  const columns = ['created_at', ...view.columns].map((column) => `sync_wire(t.${column}) as ${column}`).join(', ');
  return `select t.id, ${scopeOf(view)} as scope, ${view.rank ?? 1}::smallint as rank, t.v,
        (select row_to_json(doc)::text from (select '${table}' as type, t.id, t.v, ${columns}) doc) as body
      from ${table} t where t.id = any(ids) and not t.is_deleted${view.when ? ` and (${view.when})` : ''}`;
}

function ownTriggers(table: string): string {
  const events = { insert: 'new', update: 'new', delete: 'old' } as const;
  return `
create or replace function sync_publish_changed_${table}() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform sync_publish_${table}(array(select id from changed));
  return null;
end $$;
${Object.entries(events)
  .map(
    ([event, rows]) => `create trigger sync_publish_${event} after ${event} on ${table}
  referencing ${rows} table as changed for each statement execute function sync_publish_changed_${table}();`,
  )
  .join('\n')}`;
}

/** A parent that moves takes its children along; writers of children in other transactions wait for it, or it for them. */
function parentTriggers(table: string, { on, columns, rows, onInsert }: Dependency, at: number): string {
  const name = `sync_follow_${table}_${at}`;
  const select = rows.replaceAll('$moved', 'moved');
  const values = (row: string) => columns.map((column) => `${row}.${column}`).join(', ');
  const update = `
create or replace function ${name}() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  moved constant uuid[] := array(
    select n.id from before o join changed n using (id) where (${values('o')}) is distinct from (${values('n')}));
begin
  if cardinality(moved) = 0 then return null; end if;
  perform pg_advisory_xact_lock(${moveLock});
  perform sync_publish_${table}(array(${select}));
  return null;
end $$;
create trigger ${name} after update on ${on}
  referencing old table as before new table as changed for each statement execute function ${name}();`;
  if (!onInsert) return update;
  return `${update}
create or replace function ${name}_born() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  moved constant uuid[] := array(select id from changed);
begin
  if cardinality(moved) > 0 then perform sync_publish_${table}(array(${select})); end if;
  return null;
end $$;
create trigger ${name}_born after insert on ${on}
  referencing new table as changed for each statement execute function ${name}_born();`;
}
