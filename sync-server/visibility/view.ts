import type { TableName, tables } from '#contract/tables/index.ts';
import type { Role } from '#contract/roles.ts';
import type { FlatScope, KeyedScope } from './scopes.ts';

/** Columns of a table that a view may name; `id`, `v` and `created_at` are always in it, and `type` is the document's own. */
export type ColumnOf<T extends TableName> = Exclude<
  keyof (typeof tables)[T]['row']['shape'] & string,
  'id' | 'type' | 'created_at' | 'updated_at'
>;

/**
 * One way a row is read: which readers, which rows, which columns. SQL fragments call the row `t`.
 * Where several views show one row to one person, the one with the highest `rank` is what they get.
 */
export type View<Column extends string = string> = {
  columns: readonly Column[];
  rank?: number;
  /** Only rows for which this holds. */
  when?: string;
  /** Only these of the scope's possible readers can ever meet the view; narrows the column grants of the others. */
  roles?: readonly Role[];
  /** Columns these readers may ask for online; never on a device. */
  online?: readonly string[];
} & ({ scope: FlatScope; key?: never } | { scope: KeyedScope; key: string });

/** Rows of this table must be published anew when a row they depend on moves. */
export type Dependency = {
  on: string;
  /** The columns of `on` that matter. */
  columns: readonly string[];
  /** SELECT of the ids to publish; `$moved` stands for the ids of `on` that changed. */
  rows: string;
  /** Also when rows of `on` appear; only where they may come after the rows that depend on them. */
  onInsert?: boolean;
};

export type TableVisibility<T extends TableName = TableName> = {
  table: T;
  views: readonly View[];
  dependsOn: readonly Dependency[];
};

/** Declares who sees what of one table. An empty list of views: no device ever receives a row. */
export const visible = <T extends TableName>(
  table: T,
  views: readonly View<ColumnOf<T>>[],
  dependsOn: readonly Dependency[] = [],
): TableVisibility<T> => ({ table, views, dependsOn });

/** The columns of the contract without some. */
export const without = <C extends string, D extends NoInfer<C>>(columns: readonly C[], ...less: D[]): Exclude<C, D>[] =>
  columns.filter((column): column is Exclude<C, D> => !(less as string[]).includes(column));
