import type { ContentTable } from '#contract/api/content.ts';
import type { Actor } from '#contract/roles.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';

/** A row of content under SQL's names. */
export type ContentRow = Record<string, unknown> & { id: string; v: string };

/** What the rules of one kind get to work with; `tx` runs as the person. */
export type ContentContext = { tx: Tx; deps: Deps; actor: Actor; now: Date };

/** `before` null: made. `after` null: deleted. */
export type ContentChange = { before: ContentRow | null; after: ContentRow | null };

/** Whose lessons a change decides anew. */
export type Concerned = { courses?: readonly string[]; pathways?: readonly string[]; batches?: readonly string[] };

/** How one table of content is changed by command (workflows 3.42). Staff may change all of it; what is said here narrows that. */
export type ContentKind = {
  table: ContentTable;
  /** Fields without which no row is made. */
  required: readonly string[];
  /** What a mentor may do in courses he covers; left out: nothing. */
  mentor?: { fields: readonly string[]; creates: boolean };
  /** The course a row belongs to, null for none: where a mentor may write, and whose lessons are decided anew. */
  courseOf?: (context: ContentContext, row: Record<string, unknown>) => Promise<string | null>;
  /** Fields that name rows of other tables, which must be there for the person. */
  references?: Readonly<Record<string, string>>;
  /** Fields that are lists of rows of another table; each replaces what hung on the row before. */
  links?: readonly {
    field: string;
    table: string;
    parent: string;
    rows: (value: unknown) => Record<string, unknown>[];
  }[];
  /** Columns that name who made the row. */
  author?: 'created_by' | 'uploaded_by';
  /** Throws where the row would break a rule that spans fields or tables; may add to what is written. */
  check?: (
    context: ContentContext,
    row: Record<string, unknown>,
    before: ContentRow | null,
  ) => Promise<Record<string, unknown> | void>;
  /** Instead of deleting what people have worked with: these fields withdraw it. Left out: it is refused. */
  archive?: Record<string, unknown>;
  /** Whose lessons have to be decided anew; left out: those of `courseOf`. */
  concerned?: (change: ContentChange) => Concerned;
  /** Columns that matter for that; others change nothing. */
  decides?: readonly string[];
  /** Tells people; in the same transaction. */
  after?: (context: ContentContext, change: ContentChange, changed: readonly string[]) => Promise<void>;
};
