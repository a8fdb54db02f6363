import { deepEqual } from 'rxdb';
import { v7 as uuidv7 } from 'uuid';
import { naturalId } from '#contract/natural-id.ts';
import type { TableContract } from '#contract/define-table.ts';
import { docKey, findTable } from '#contract/tables/index.ts';
import type { OutboxRow } from './device-database.ts';
import type { Master, ReplicaDoc } from './documents.ts';
import type { NewEdit } from './outbox.ts';

/** A write no device may make; a mistake of the caller, never of the person. */
export class NotWritableError extends Error {
  constructor(type: string, why: string) {
    super(`${type}: ${why}`);
    this.name = 'NotWritableError';
  }
}

/** The row went away while its person was busy with it. */
export class RowGoneError extends NotWritableError {
  constructor(type: string, id: string) {
    super(type, `there is no row ${id} on this device`);
    this.name = 'RowGoneError';
  }
}

export const tableOf = (type: string): TableContract => {
  const table = findTable(type);
  if (!table) throw new NotWritableError(type, 'no such table');
  return table;
};

/** Columns that are the row's name, not its content. */
const naming = new Set(['id', 'key', 'type', 'v']);

function split(row: Record<string, unknown>, writable: (column: string) => boolean) {
  const set: Record<string, unknown> = {};
  const guess: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    if (naming.has(column) || value === undefined) continue;
    (writable(column) ? set : guess)[column] = value;
  }
  return { set, guess };
}

/** The id a new row gets: the natural key's where the table has one, so that two offline devices make the same row. */
export function newRowId(table: TableContract, row: Record<string, unknown>): string {
  if (!table.naturalKey) return typeof row.id === 'string' ? row.id : uuidv7();
  const values = table.naturalKey.map((column) => row[column]);
  if (values.some((value) => typeof value !== 'string')) {
    throw new NotWritableError(table.name, `a new row needs ${table.naturalKey.join(', ')}`);
  }
  return naturalId(table.name, ...(values as string[]));
}

export function insertEdit(table: TableContract, id: string, row: Record<string, unknown>, clientAt: string): NewEdit {
  const columns = table.device.insert;
  if (!columns) throw new NotWritableError(table.name, 'a device makes no rows here');
  const { set, guess } = split(row, (column) => columns.includes(column));
  return { type: table.name, id, key: docKey(table.name, id), verb: 'insert', set, guess, client_at: clientAt };
}

export function updateEdit(table: TableContract, id: string, row: Record<string, unknown>, clientAt: string): NewEdit {
  const columns = table.device.update ?? {};
  const { set, guess } = split(row, (column) => Object.hasOwn(columns, column));
  if (Object.keys(set).length === 0) throw new NotWritableError(table.name, 'none of these columns may be changed');
  return { type: table.name, id, key: docKey(table.name, id), verb: 'update', set, guess, client_at: clientAt };
}

/** Where a written column is no longer what its person saw, the write says so by the token of then. */
export function basedOn(edit: NewEdit, here: ReplicaDoc, seen: Readonly<Record<string, unknown>> | undefined): NewEdit {
  const isUnseen = Object.keys(edit.set).some(
    (column) => seen && Object.hasOwn(seen, column) && !deepEqual(seen[column], here[column]),
  );
  return isUnseen && typeof seen?.v === 'string' ? { ...edit, base: seen.v } : edit;
}

export function deleteEdit(table: TableContract, id: string, clientAt: string): NewEdit {
  return { type: table.name, id, key: docKey(table.name, id), verb: 'delete', set: {}, guess: {}, client_at: clientAt };
}

/** A second insert of a row with a natural key is an edit of it (docs/specs/sync.md, Conflicts). */
export function insertOrUpdate(
  table: TableContract,
  id: string,
  row: Record<string, unknown>,
  there: Master,
  at: string,
): NewEdit {
  if (!there) return insertEdit(table, id, row, at);
  if (!table.naturalKey) throw new NotWritableError(table.name, `row ${id} is already there`);
  return updateEdit(table, id, row, at);
}

/** May `edit` become part of `last`, which nobody has seen yet? An insert only takes the columns of an insert. */
export function joins(table: TableContract, last: OutboxRow, edit: NewEdit): boolean {
  if (last.verb === 'delete') return false;
  if (edit.verb === 'delete') return last.verb === 'insert';
  if (edit.verb === 'insert') return false;
  if (last.verb === 'update') return true;
  return Object.keys(edit.set).every((column) => table.device.insert?.includes(column));
}
