import { roles, type Role } from '#contract/roles.ts';
import { isKeyed, readersOf } from './scopes.ts';
import type { TablePermissions, View } from './view.ts';

export const databaseRole = (role: Role): string => `app_${role}`;
export const everyRole = roles.map(databaseRole).join(', ');

/** Columns that every reader of a row gets. */
export const standardColumns = ['id', 'v', 'created_at'] as const;

/** A fragment written for the row `t`, for a place where the row goes by its table's name. */
export const inPolicy = (fragment: string, table: string): string => fragment.replaceAll(/\bt\./g, `${table}.`);

/** Whether the person of this transaction is a reader of the row `t` through this view. */
export function mayRead(view: View): string {
  return view.when ? `${holdsScope(view)} and (${view.when})` : holdsScope(view);
}

function holdsScope(view: View): string {
  if (!isKeyed(view.scope)) return `(select sync_holds('${view.scope}'))`;
  // Own rows are found by index; the sets of other scopes are read once per statement and hashed.
  if (view.scope === 'u') return `${view.key} = (select sync_me())`;
  return `${view.key} in (select sync_held('${view.scope}'))`;
}

/** The scope of the row `t`, null where the view does not show it. */
export function scopeOf(view: View): string {
  return isKeyed(view.scope) ? `'${view.scope}:' || (${view.key})` : `'${view.scope}'`;
}

/** The views a person of this role can meet rows through. */
export const viewsOf = (table: TablePermissions, role: Role): View[] =>
  table.read.filter((view) => readersOf(view.scope).includes(role) && (view.roles ?? roles).includes(role));

/** All columns that a view shows, on the device or online. */
export const columnsOf = (view: View): string[] => [...view.columns, ...(view.online ?? [])];

/** The views whose rows devices hold. */
export const publishedViews = ({ replicated, read }: TablePermissions): View[] =>
  replicated ? read.filter((view) => view.columns.length > 0) : [];

/** Columns that this role sees in every row it sees at all: the only ones a column grant can give without a leak. */
export function sharedColumns(views: readonly View[]): string[] {
  const [first, ...rest] = views.map(columnsOf);
  return (first ?? []).filter((column) => rest.every((columns) => columns.includes(column)));
}

/** True where one role sees a column in some rows and not in others. */
export const hasRowDependentColumns = (table: TablePermissions): boolean =>
  roles.some((role) => {
    const views = viewsOf(table, role);
    const shared = sharedColumns(views);
    return views.some((view) => columnsOf(view).some((column) => !shared.includes(column)));
  });
