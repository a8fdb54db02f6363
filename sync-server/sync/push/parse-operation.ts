import { hash } from 'node:crypto';
import { z } from 'zod';
import type { TableContract } from '#contract/define-table.ts';
import { operationSchema, type Operation } from '#contract/protocol.ts';
import { isPlainOperation } from './read-plainly.ts';
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
  if (value === given && isPlainOperation(given)) return { op: given, sha256: fingerprint(given) };
  const parsed = shape.safeParse(value);
  // What could be kept as it is is not deeper than it may be.
  const tooDeep = value !== given && isTooDeep(given);
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
function inSmallLetters<T extends { op: string; id: string }>(one: T): T {
  const op = one.op.toLowerCase();
  const id = one.id.toLowerCase();
  return op === one.op && id === one.id ? one : { ...one, op, id };
}

/** Equal for equal content, however the device ordered its fields. */
function fingerprint({ base, client_at, deleted, evidence, id, set, type }: Operation): string {
  const head = `{"base":${JSON.stringify(base)},"client_at":"${client_at}"`;
  const rare = `${deleted === undefined ? '' : `,"deleted":${deleted}`}${evidence === undefined ? '' : `,"evidence":${inOrder(evidence)}`}`;
  return hash('sha256', `${head}${rare},"id":"${id}","set":${inOrder(set)},"type":${JSON.stringify(type)}}`);
}

/** JSON with the fields of every object in order. Written at once: copies in order of a thousand operations would be mostly waste. */
function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => inOrder(one ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = value as Record<string, unknown>;
  let text = '';
  for (const { name, prefix } of headsOf(fields)) {
    if (fields[name] !== undefined) text += `${text && ','}${prefix}${inOrder(fields[name])}`;
  }
  return `{${text}}`;
}

/** Names in their order, each as it is written before its value. */
type Heads = readonly { name: string; prefix: string }[];
/** Of the object before, by its names as they came: in a long queue nearly all are alike. */
let latestHeads: { names: readonly string[]; heads: Heads } = { names: [], heads: [] };

function headsOf(fields: Record<string, unknown>): Heads {
  const names = Object.keys(fields);
  const { names: before } = latestHeads;
  if (names.length === before.length && names.every((name, at) => name === before[at])) return latestHeads.heads;
  const heads = namesInOrder([...names]).map((name) => ({ name, prefix: `${JSON.stringify(name)}:` }));
  latestHeads = { names, heads };
  return heads;
}

/** As an object would list them: what looks like a whole number comes first, by size. */
function namesInOrder(names: string[]): string[] {
  const sorted = names.sort();
  if (!sorted.some((name) => name <= '9~')) return sorted;
  return Object.keys(Object.fromEntries(sorted.map((name) => [name, true])));
}

export type ParsedSet = { set: Record<string, unknown>; ignored: string[] } | { fault: string };

/** Keeps what a device may write: the columns of an insert where the row is new, else those it may change. */
export function parseSet(table: TableContract, isNew: boolean, given: Record<string, unknown>): ParsedSet {
  const writable = isNew ? (table.device.insert ?? []) : Object.keys(table.device.update ?? {});
  const known = writable.filter((column) => column !== 'id' && Object.hasOwn(given, column));
  const parsed = schemaOf(table, known).safeParse(given);
  if (!parsed.success) return { fault: faultsOf(parsed.error) };
  // Columns of an insert come again with later writes of a row; only what no device ever writes is worth a note.
  const ever = everWritten(table);
  return { set: parsed.data, ignored: Object.keys(given).filter((column) => !ever.has(column)) };
}

const written = new WeakMap<TableContract, ReadonlySet<string>>();

function everWritten(table: TableContract): ReadonlySet<string> {
  let columns = written.get(table);
  if (!columns) {
    columns = new Set(['id', ...(table.device.insert ?? []), ...Object.keys(table.device.update ?? {})]);
    written.set(table, columns);
  }
  return columns;
}

type SetSchema = z.ZodType<Record<string, unknown>>;
const schemas = new Map<string, SetSchema>();
/** What the operation before had: in a long queue nearly always the same columns, and making a name of them costs more than reading them. */
let latest: { table: TableContract; columns: readonly string[]; schema: SetSchema } | null = null;

function schemaOf(table: TableContract, columns: readonly string[]): SetSchema {
  const isAlike =
    latest?.table === table &&
    latest.columns.length === columns.length &&
    latest.columns.every((column, at) => column === columns[at]);
  if (!latest || !isAlike) latest = { table, columns, schema: findSchema(table, columns) };
  return latest.schema;
}

function findSchema(table: TableContract, columns: readonly string[]): SetSchema {
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
