import { roles, type Role } from '#contract/roles.ts';
import { findTable } from '#contract/tables/index.ts';
import {
  columnsOf,
  databaseRole,
  everyRole,
  hasRowDependentColumns,
  inPolicy,
  mayRead,
  sharedColumns,
  standardColumns,
  viewsOf,
} from './fragments.ts';
import type { TablePermissions, View } from './view.ts';

/** Row policies and column grants of one table for reading, one of each per role that reads at all. */
export function readingSql(table: TablePermissions): string {
  const lines = [`revoke select on ${table.table} from ${everyRole};`];
  for (const role of roles) {
    const views = viewsOf(table, role);
    if (views.length > 0) lines.push(grant(table, role, views), policy(table, role, views));
  }
  if (hasRowDependentColumns(table)) lines.push(seenView(table), grantSeen(table));
  return lines.join('\n');
}

function grant({ table }: TablePermissions, role: Role, views: readonly View[]): string {
  const columns = new Set([...standardColumns, 'is_deleted', 'updated_at', ...sharedColumns(views)]);
  return `grant select (${[...columns].join(', ')}) on ${table} to ${databaseRole(role)};`;
}

function policy({ table }: TablePermissions, role: Role, views: readonly View[]): string {
  const readers = views.map((view) => `(${inPolicy(mayRead(view), table)})`).join('\n    or ');
  // Whoever deletes a row must still see it when the statement ends, so there the mark itself hides nothing.
  const live = findTable(table)?.device.delete ? '' : 'not is_deleted and ';
  return `create policy read_${role} on ${table} for select to ${databaseRole(role)}
  using (${live}(${readers}));`;
}

/**
 * The table as the person sees it, column by column, where a column is shown in some of their rows and not in others: a grant
 * can only give the columns common to all of them. `select … from seen_available_lessons` is the way to a description.
 */
function seenView({ table, read: views }: TablePermissions): string {
  const columns = [...new Set(views.flatMap(columnsOf))];
  const condition = (some: readonly View[]) => some.map((view) => `(${mayRead(view)})`).join(' or ');
  const column = (name: string) => {
    const showing = views.filter((view) => columnsOf(view).includes(name));
    return showing.length === views.length
      ? `t.${name}`
      : `case when ${condition(showing)} then t.${name} end as ${name}`;
  };
  return `create view seen_${table} with (security_barrier) as
  select t.id, t.v, t.created_at, ${columns.map(column).join(',\n    ')}
  from ${table} t where not t.is_deleted and (${condition(views)});
revoke all on seen_${table} from public;`;
}

/** To those who read the table at all. */
const grantSeen = (table: TablePermissions): string =>
  `grant select on seen_${table.table} to ${roles
    .filter((role) => viewsOf(table, role).length > 0)
    .map(databaseRole)
    .join(', ')};`;
