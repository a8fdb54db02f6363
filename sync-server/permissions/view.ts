import type { Role } from '#contract/roles.ts';
import type { TableName, tables } from '#contract/tables/index.ts';
import type { FlatScope, KeyedScope } from './scopes.ts';

/** Columns of a replicated table that a view may name; `id`, `v` and `created_at` are always in it, `type` is the document's own. */
export type ColumnOf<T extends TableName> = Exclude<
  keyof (typeof tables)[T]['row']['shape'] & string,
  'id' | 'type' | 'created_at' | 'updated_at'
>;

/**
 * One way a row is read: which readers, which rows, which columns. SQL fragments call the row `t`.
 * Where several views show one row to one person, the one with the highest `rank` is what they get.
 */
export type View<Column extends string = string> = {
  /** What reaches a device. Empty: these rows are read online only. */
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

/** One way a row is written as the person: who, which columns, which rows. Deleting is an update of `is_deleted`. */
export type Write = {
  verb: 'insert' | 'update';
  roles: readonly Role[];
  /** Beside `v`, `client_at` and `origin_device_id`, which every write carries. */
  columns: readonly string[];
  /** Rows that may be touched, as they are before the write; for updates. Calls the row `t`. */
  rows?: string;
  /** What must hold of the row as it is written. Calls the row `t`. */
  result: string;
};

/** One command of /functions/v1 that makes, changes or (softly) deletes rows of the table for these roles. */
export type Command = { name: string; verb: 'insert' | 'update' | 'delete'; roles: readonly Role[] };

/** Who may do what with one table. What is not named is refused. */
export type TablePermissions<T extends string = string> = {
  table: T;
  /** False: no device ever holds a row. */
  replicated: boolean;
  read: readonly View[];
  dependsOn: readonly Dependency[];
  write: readonly Write[];
  commands: readonly Command[];
};

type Declared<V extends View> = {
  /** An empty list: nobody reads a row. */
  read: readonly V[];
  dependsOn?: readonly Dependency[];
  write?: readonly Write[];
  commands?: readonly Command[];
};

/** Declares who may do what with one replicated table. */
export const permissions = <T extends TableName>(
  table: T,
  declared: Declared<View<ColumnOf<T>>>,
): TablePermissions<T> => ({
  table,
  replicated: true,
  dependsOn: [],
  write: [],
  commands: [],
  ...declared,
});

/** A view of a table that never leaves the server but by an answer to a question asked online. */
type OnlineView = Omit<View, 'columns' | 'rank' | 'online'> & { online: readonly string[] } & (
    | { scope: FlatScope; key?: never }
    | { scope: KeyedScope; key: string }
  );

/** Declares who may do what with one table that no device holds: read online as the person, written by commands or the server. */
export const onlineOnly = <T extends string>(
  table: T,
  declared: { read: readonly OnlineView[]; commands?: readonly Command[] },
): TablePermissions<T> => ({
  table,
  replicated: false,
  dependsOn: [],
  write: [],
  commands: declared.commands ?? [],
  read: declared.read.map((view) => ({ ...view, columns: [] }) as View),
});

/** The columns of the contract without some. */
export const without = <C extends string, D extends NoInfer<C>>(columns: readonly C[], ...less: D[]): Exclude<C, D>[] =>
  columns.filter((column): column is Exclude<C, D> => !(less as string[]).includes(column));
