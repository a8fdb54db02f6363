import type { Role } from '#contract/roles.ts';
import type { NewRow } from '../../seed/insert-rows.ts';
import type { Person } from '../../testing/people.ts';
import type { MatrixStage } from '../stage.ts';

/** What a case gets: the person who tries, and the academy. */
export type At = { me: Person; stage: MatrixStage };
type Maybe<T> = T | Promise<T>;

/** Rows that a device of these roles may create. Tried by SQL and by push. */
export type InsertCase = {
  roles: readonly Role[];
  /** All columns the role may give, besides `v`, `client_at` and `origin_device_id`; `id` included. */
  columns: string;
  /** A row that is accepted; columns left out keep their default. What it needs it makes itself (`stage.insert`). */
  row: (at: At) => Maybe<NewRow & { id: string }>;
  /** The accepted row with one thing wrong, by what is wrong: refused by SQL as well as by push. */
  refused: Readonly<Record<string, (row: NewRow & { id: string }, at: At) => Maybe<NewRow & { id: string }>>>;
  /** As `refused`, where SQL alone would let it pass and only the guard of the push knows better. */
  refusedByGuard?: InsertCase['refused'];
};

/** Rows that a device of these roles may change. Every row of the stage is tried. */
export type UpdateCase = {
  roles: readonly Role[];
  columns: string;
  /** Which rows, in plain SQL: a condition on the row `t`; `$1` is the person. Deleted rows never count. */
  rows: string;
  /** New values of one of those rows that push accepts. */
  set: (row: Readonly<Record<string, unknown>>, at: At) => Maybe<NewRow>;
  /** What every such write must say beside the column that is tried by SQL, where a row cannot stay as it is. */
  also?: NewRow;
  /** Makes what the role needs, where the academy may have no such row. */
  given?: (at: At) => Promise<unknown>;
  /** Makes a row that push accepts the change of, where not any of those will do; answers its id. */
  pushed?: (at: At) => Promise<string>;
  /** Changes of such a row that only the guard refuses, by what is wrong. */
  refusedByGuard?: Readonly<Record<string, (row: Readonly<Record<string, unknown>>, at: At) => Maybe<NewRow>>>;
};

/** Rows that a device of these roles may delete (a mark: `is_deleted`). */
export type DeleteCase = { roles: readonly Role[]; rows: string };

/** Who may write what of one table by SQL and by push; what stands in no case must be refused. */
export type TableCases = {
  table: string;
  insert?: readonly InsertCase[];
  update?: readonly UpdateCase[];
  delete?: DeleteCase;
};

/**
 * One command called with an input that succeeds. It runs once for each role that the declaration names (or for `roles` only) and
 * must be seen to insert, update or delete where the declaration says that it does. Several cases of one command add up.
 */
export type CommandCase = {
  name: string;
  roles?: readonly Role[];
  input: (at: At) => Maybe<Readonly<Record<string, unknown>>>;
};
