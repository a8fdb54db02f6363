import type { Verdict } from '#contract/errors.ts';
import type { Operation } from '#contract/protocol.ts';
import type { Actor } from '#contract/roles.ts';
import type { TableContract } from '#contract/define-table.ts';
import type { Tx } from '../db/sql.ts';
import type { Deps } from '../deps.ts';

/** A row as the person sees it, under SQL's names. */
export type Row = Record<string, unknown> & { id: string; v: string };

/** What a guard and a hook get to work with; `tx` runs as the person. */
export type PushContext = {
  tx: Tx;
  actor: Actor;
  deviceId: string | null;
  deps: Deps;
  op: Operation;
  /** Server time of receipt: of two pushes of one person, later in the one that is judged later. */
  now: Date;
  /** This device's last sync before this push, which bounds how far its own time is believed (workflows 3.17). */
  lastSyncAt: Date | null;
  /** Where the request came from; null where that is not known. */
  address: string | null;
};

/**
 * Thrown by `write` or `after`: what the guard judged by is no longer so, for somebody changed it without waiting for this row's turn.
 * The operation is refused as `stale`, and nothing of it stays.
 */
export class OvertakenError extends Error {}

/** `allowed`, a refusal, or `wait` while a file or parent row is not here yet. */
export type GuardAnswer = Verdict | { wait: 'files' | 'parent' };

/** A row that a device made; `set` is parsed by the contract. */
export type NewRow = { op: Operation; set: Record<string, unknown> };
/** A change or deletion by somebody who knew the row's present state, `before`. */
export type PlainChange = NewRow & { before: Row; deleted: boolean };

/**
 * How the server treats what devices write to one table.
 * The engine has already parsed the columns by the contract and dropped those a device may not write.
 */
export type SyncDefinition = {
  table: TableContract;
  /**
   * Puts right what a device cannot know, before anything is decided: a moment that its clock says and that has not come yet. Rows of
   * such a table are judged one by one.
   */
  adjust?: (set: Record<string, unknown>, now: Date) => Record<string, unknown>;
  /** Decides one write before it happens. `before` is the row as the person sees it, null when there is none. */
  guard: (
    context: PushContext,
    write: { before: Row | null; set: Record<string, unknown>; deleted: boolean },
  ) => Promise<GuardAnswer>;
  /**
   * Writes the row itself where a plain insert or update of the pushed columns is not enough (merge of notes, reviews).
   * Returns a verdict like the guard's; `allowed` means written.
   */
  write?: (
    context: PushContext,
    write: { before: Row | null; set: Record<string, unknown>; deleted: boolean },
  ) => Promise<GuardAnswer>;
  /**
   * For tables whose rows are written in great number after a long time offline, and from which nothing follows: decides many new
   * rows of one push at once, each of which the engine then writes with the answered columns (beside `id`, `v`, device and time)
   * in one statement, before it judges the rest in order. `null`: some of them needs a judgement of its own, so each is judged
   * alone by `guard` and `write`. Only reads, for it is asked before the operations are known to be new.
   */
  plainInserts?: (
    context: Omit<PushContext, 'op' | 'lastSyncAt'>,
    given: readonly NewRow[],
  ) => Promise<Record<string, unknown>[] | null>;
  /**
   * The same for changes and deletions: true = all of them may be written as the engine merges them. What it answers must be what
   * `guard` and `write` would come to.
   */
  plainChanges?: (context: Omit<PushContext, 'op'>, given: readonly PlainChange[]) => Promise<boolean>;
  /** What follows from the write, in the same savepoint: derived rows through `server_*` functions, jobs, notifications. */
  after?: (context: PushContext, change: { before: Row | null; after: Row | null }) => Promise<void>;
};

/** Declares the server's side of a replicated table that devices may write. */
export const defineSync = (table: TableContract, definition: Omit<SyncDefinition, 'table'>): SyncDefinition => ({
  table,
  ...definition,
});
