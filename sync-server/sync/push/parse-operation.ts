import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TableContract } from '#contract/define-table.ts';
import { operationSchema, type Operation } from '#contract/protocol.ts';
import { isTooDeep, storable } from './storable.ts';

/** An operation as it arrived, with the fingerprint of its content. */
export type Received = { op: Operation; sha256: string };
/** One that has an id to answer under, and nothing else that fits. */
export type Misshapen = { op: string; type: string; id: string; fault: string; content: unknown };

const envelope = z.looseObject({ op: z.uuid(), type: z.string().max(60).catch(''), id: z.string().max(80).catch('') });
/** Fields that a newer app may send are passed over. */
const shape = z.object(operationSchema.shape);

/** Reads one operation; one that does not fit must not hold up the others, so it gets a verdict of its own. */
export function readOperation(given: unknown): Received | Misshapen | null {
  const value = storable(given);
  const parsed = shape.safeParse(value);
  const tooDeep = isTooDeep(given);
  if (parsed.success && !tooDeep) {
    const op = inSmallLetters(parsed.data);
    return { op, sha256: fingerprint(op) };
  }
  const known = envelope.safeParse(value);
  if (!known.success) return null;
  const { op, type, id } = inSmallLetters(known.data);
  const fault = parsed.success || tooDeep ? 'operation: nested too deeply' : faultsOf(parsed.error);
  return { op, type, id, fault, content: value };
}

/** Ids are the same in any letters; the database answers in small ones, and by those everything here is looked up. */
const inSmallLetters = <T extends { op: string; id: string }>(one: T): T => ({
  ...one,
  op: one.op.toLowerCase(),
  id: one.id.toLowerCase(),
});

/** Equal for equal content, however the device ordered its fields. */
function fingerprint({ op: _, ...content }: Operation): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

export type ParsedSet = { set: Record<string, unknown>; ignored: string[] } | { fault: string };

/** Keeps what a device may write: the columns of an insert where the row is new, else those it may change. */
export function parseSet(table: TableContract, isNew: boolean, given: Record<string, unknown>): ParsedSet {
  const writable = isNew ? (table.device.insert ?? []) : Object.keys(table.device.update ?? {});
  const known = writable.filter((column) => column !== 'id' && Object.hasOwn(given, column));
  const parsed = schemaOf(table, known).safeParse(given);
  if (!parsed.success) return { fault: faultsOf(parsed.error) };
  // Columns of an insert come again with later writes of a row; only what no device ever writes is worth a note.
  const ever = new Set(['id', ...(table.device.insert ?? []), ...Object.keys(table.device.update ?? {})]);
  return { set: parsed.data, ignored: Object.keys(given).filter((column) => !ever.has(column)) };
}

const schemas = new Map<string, z.ZodType<Record<string, unknown>>>();

function schemaOf(table: TableContract, columns: readonly string[]): z.ZodType<Record<string, unknown>> {
  const key = `${table.name} ${columns.join(' ')}`;
  let schema = schemas.get(key);
  if (!schema) {
    schema = z.object(Object.fromEntries(columns.map((column) => [column, table.row.shape[column]!])));
    // As many as there are combinations of writable columns that apps send; an attacker's are dropped before they count.
    schemas.set(key, schema);
  }
  return schema;
}

const faultsOf = (error: z.ZodError): string =>
  error.issues
    .map(({ path, message }) => `${path.join('.') || 'operation'}: ${message}`)
    .join('; ')
    .slice(0, 500);
