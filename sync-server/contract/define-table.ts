import type { z } from 'zod';

/**
 * How two writers of one column are reconciled (data model 5.5):
 * `lww` newest device time wins · `text` the same, and the text that loses is kept (`sync_rejections`) · `union` ranges joined · `max`, `min`, `or` monotone ·
 * `intent` asked once by the device, answered by the server in other columns.
 */
export type Merge = 'lww' | 'text' | 'union' | 'max' | 'min' | 'or' | 'intent';

/** The 13 replicated families; each is one RxDB collection whose documents carry `type`. */
export const families = [
  'people',
  'courses',
  'lessons',
  'learning',
  'assignments',
  'submissions',
  'sessions',
  'tickets',
  'messages',
  'notifications',
  'billing',
  'rewards',
  'company',
] as const;
export type Family = (typeof families)[number];

/** What a device may do to a table. Absent columns are decided by the server and ignored when pushed. */
export type DeviceWrites = {
  /** Columns a device gives when it creates a row; undefined = it may not create rows. */
  readonly insert?: readonly string[];
  /** Columns a device may change later, with their merge class. */
  readonly update?: Readonly<Record<string, Merge>>;
  /** True where the owner may delete the row (a tombstone). */
  readonly delete?: boolean;
  /** True where it counts when a new row was made: the device adds what backs its time (docs/specs/sync.md, Late work). */
  readonly dated?: boolean;
  /** True for device → server rows that leave the device once acknowledged (data model 5.5, PUSH). */
  readonly pushOnly?: boolean;
};

export type TableContract<Row extends z.ZodRawShape = z.ZodRawShape> = {
  readonly name: string;
  readonly family: Family;
  /** Every column that may ever reach a device; nullable as in SQL, optional where some readers do not get it. */
  readonly row: z.ZodObject<Row>;
  readonly device: DeviceWrites;
  /** Columns whose values make the id (UUIDv5), so that two offline devices create the same row (data model 5.3). */
  readonly naturalKey?: readonly string[];
};

/** Declares one replicated table; the columns carry SQL's own names, from the database to the screen. */
export const defineTable = <Row extends z.ZodRawShape>(table: TableContract<Row>): TableContract<Row> => table;

/** The columns of a document as a device holds them: `id`, `type`, version token `v` and the row's own. */
export type Doc<T extends TableContract> = z.infer<T['row']> & {
  /** Primary key in its family: `type|id`. */
  key: string;
  type: T['name'];
  /** Id of the operation that made this state. */
  v: string;
};
