import type { Role } from '#contract/roles.ts';
import { findTable } from '#contract/tables/index.ts';
import {
  columnsOf,
  hasRowDependentColumns,
  sharedColumns,
  standardColumns,
  viewsOf,
} from '../permissions/fragments.ts';
import { everyTable } from '../permissions/tables/index.ts';
import type { TablePermissions } from '../permissions/view.ts';
import type { Tx } from '../db/sql.ts';
import type { Person } from '../testing/people.ts';
import { readExpected, type Readable } from './expected-reading.ts';
import type { Table } from './catalogue.ts';
import { attempt, isDenied, undone } from './sql-door.ts';
import type { MatrixStage } from './stage.ts';
import type { Cell, Tally } from './tally.ts';

type Row = Record<string, unknown>;
type Reading = {
  tally: Tally;
  cell: Cell;
  table: Table;
  /** Every row there is, the person's and others'. */
  all: readonly string[];
  expected: ReadonlyMap<string, Readable>;
};

const declared = new Map<string, TablePermissions>(everyTable.map((one) => [one.table, one]));
/** Granted with any column; the rule names them in no row. */
const standard = new Set<string>([...standardColumns, 'is_deleted', 'updated_at']);

/** The columns of the table that the declaration lets people of this role select. */
export function grantedColumns(role: Role, name: string): string[] {
  const permissions = declared.get(name);
  const views = permissions ? viewsOf(permissions, role) : [];
  return views.length === 0 ? [] : [...new Set([...standard, ...sharedColumns(views)])];
}

/** SELECT as everybody of a role, and column by column as the first of them, against the plain rule. */
export async function checkSelect(stage: MatrixStage, tally: Tally, table: Table, role: Role): Promise<void> {
  const cell: Cell = { table: table.name, caller: role, verb: 'select' };
  const granted = grantedColumns(role, table.name);
  await undone(stage.database.people, stage.person(role), async (tx) => {
    for (const { name } of table.columns.filter((column) => !granted.includes(column.name)))
      tally.mustRefuse(cell, isDenied(await attempt(tx, `select ${name} from ${table.name}`)), `column ${name} by SQL`);
  });
  const all = (await stage.rows<{ id: string }>(`select ${table.key}::text as id from ${table.name}`)).map(
    ({ id }) => id,
  );
  for (const person of stage.of(role)) {
    const expected = await readExpected(stage.live, person, table.name, table.key);
    await undone(stage.database.people, person, (tx) =>
      compareSelect(tx, { tally, cell, table, all, expected }, granted, person),
    );
  }
}

async function compareSelect(tx: Tx, reading: Reading, granted: string[], person: Person): Promise<void> {
  const { tally, cell, table, expected } = reading;
  const permissions = declared.get(table.name);
  const splits = permissions !== undefined && hasRowDependentColumns(permissions);
  if (granted.length === 0 && expected.size === 0) {
    if (splits)
      tally.mustRefuse(cell, isDenied(await attempt(tx, `select from seen_${table.name}`)), `seen_${table.name}`);
    return;
  }
  // Whoever may delete rows sees their own deleted ones to the end of the statement; they are not looked at.
  const live = findTable(table.name)?.device.delete ? ' where not is_deleted' : '';
  const direct =
    granted.length === 0 ? null : await attempt(tx, `select ${granted.join(', ')} from ${table.name}${live}`);
  if (direct) {
    tally.mustAllow(cell, !direct.code, `the granted columns by SQL (${direct.message ?? 'none'})`);
    compareRows(reading, direct.rows, granted, person);
  }
  const beyond = splits ? [...new Set(permissions.read.flatMap(columnsOf))] : [];
  if (splits) {
    const seen = await attempt(tx, `select ${[...standardColumns, ...beyond].join(', ')} from seen_${table.name}`);
    tally.mustAllow(cell, !seen.code, `seen_${table.name} (${seen.message ?? 'none'})`);
    compareRows(reading, seen.rows, [...standardColumns, ...beyond], person);
  }
  const readable = new Set([...granted, ...beyond]);
  for (const [id, { online }] of expected) {
    const hidden = Object.keys(online).filter((column) => !readable.has(column));
    if (hidden.length > 0) tally.mustAllow(cell, false, `${hidden.join(', ')} of ${id} as ${person.email}`);
  }
}

/** Rows and values that came, against those that should have: nothing more and nothing less. */
function compareRows(
  { tally, cell, table, all, expected }: Reading,
  rows: readonly Row[],
  asked: string[],
  person: Person,
): void {
  const came = new Set<string>();
  for (const row of rows) {
    const id = String(row[table.key]);
    came.add(id);
    const allowed = expected.get(id)?.online;
    if (!allowed) continue;
    const leaks = asked.filter((column) => !standard.has(column) && row[column] !== null && !(column in allowed));
    if (leaks.length > 0) tally.mustRefuse(cell, false, `${leaks.join(', ')} of ${id} as ${person.email} by SQL`);
    const differ = asked.filter((column) => column in allowed && !isSame(row[column], allowed[column]));
    tally.mustAllow(cell, differ.length === 0, `${differ.join(', ')} of ${id} as ${person.email} by SQL`);
  }
  for (const id of expected.keys())
    if (!came.has(id)) tally.mustAllow(cell, false, `row ${id} as ${person.email} by SQL`);
  for (const id of all)
    if (!expected.has(id)) tally.mustRefuse(cell, !came.has(id), `row ${id} as ${person.email} by SQL`);
}

export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
