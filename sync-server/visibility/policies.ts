import { roles } from '#contract/roles.ts';
import { tables } from '#contract/tables/index.ts';
import {
  databaseRole,
  everyRole,
  hasRowDependentColumns,
  inPolicy,
  mayRead,
  sharedColumns,
  standardColumns,
  viewsOf,
} from './fragments.ts';
import type { TableVisibility, View } from './view.ts';

/** Row policies and column grants of one table for reading; what people may write is declared in db/declared. */
export function readingSql(table: TableVisibility): string {
  return [grants(table), policy(table), hasRowDependentColumns(table) ? seenView(table) : ''].join('\n');
}

function grants(table: TableVisibility): string {
  const { table: name, views } = table;
  const lines = [`revoke select on ${name} from ${everyRole};`];
  if (views.length === 0) return lines.join('\n');
  for (const role of roles) {
    const reads = viewsOf(table, role);
    if (reads.length === 0) continue;
    const columns = new Set([...standardColumns, 'is_deleted', 'updated_at', ...sharedColumns(reads)]);
    lines.push(`grant select (${[...columns].join(', ')}) on ${name} to ${databaseRole(role)};`);
  }
  return lines.join('\n');
}

function policy({ table, views }: TableVisibility): string {
  if (views.length === 0) return '';
  const readers = views.map((view) => `(${inPolicy(mayRead(view), table)})`).join('\n    or ');
  // Whoever deletes a row must still see it when the statement ends, so there the mark itself hides nothing.
  const live = tables[table].device.delete ? '' : 'not is_deleted and ';
  return `create policy sync_read on ${table} for select to ${everyRole}
  using (${live}(${readers}));`;
}

/**
 * The table as the person sees it, column by column, where a column is shown in some of their rows and not in others: a grant
 * can only give the columns common to all of them. `select … from seen_available_lessons` is the way to a description.
 */
function seenView({ table, views }: TableVisibility): string {
  const columns = [...new Set(views.flatMap((view) => view.columns))];
  const condition = (some: readonly View[]) => some.map((view) => `(${mayRead(view)})`).join(' or ');
  const column = (name: string) => {
    const showing = views.filter((view) => view.columns.includes(name));
    return showing.length === views.length
      ? `t.${name}`
      : `case when ${condition(showing)} then t.${name} end as ${name}`;
  };
  return `create view seen_${table} with (security_barrier) as
  select t.id, t.v, t.created_at, ${columns.map(column).join(',\n    ')}
  from ${table} t where not t.is_deleted and (${condition(views)});
revoke all on seen_${table} from public;
grant select on seen_${table} to ${everyRole};`;
}
