import { randomUUID } from 'node:crypto';
import type { Operation } from '#contract/protocol.ts';
import type { Role } from '#contract/roles.ts';
import { tables, type TableName } from '#contract/tables/index.ts';
import { operation } from '../testing/operations.ts';
import { casesOf } from './cases/index.ts';
import type { At } from './cases/format.ts';
import type { MatrixStage } from './stage.ts';
import type { Verb } from './tally.ts';
import { sortRows } from './writing.ts';

/** One operation that must be refused. */
export type Poke = { verb: Verb; what: string; op: Operation };

type Row = Readonly<Record<string, unknown>>;
/** Rows of the person's own and of others that are tried in each way. */
const triedRows = 3;
/** Columns that say whose a row is. */
const owners = ['user_id', 'student_id', 'owner_id', 'reviewer_id', 'sender_id', 'mentor_id'];

/** Everything a role must not push to a table: what no case shows, rows that no case covers, and the refused cases themselves. */
export async function pokesOf(stage: MatrixStage, table: TableName, role: Role): Promise<Poke[]> {
  const me = stage.person(role);
  const at: At = { me, stage };
  const cases = casesOf(table);
  const inserts = (cases.insert ?? []).filter((one) => one.roles.includes(role));
  const updates = (cases.update ?? []).filter((one) => one.roles.includes(role));
  const rows = await stage.rows<{ id: string; row: Row }>(
    `select id, to_jsonb(t) as row from ${table} t where not is_deleted order by id`,
  );
  const mine = rows.filter(({ row }) => Object.values(row).includes(me.id));
  const others = rows.filter((one) => !mine.includes(one));
  const pokes: Poke[] = [];
  if (inserts.length === 0 && rows[0])
    pokes.push(newRow(table, { ...rows[0].row, ...ownedBy(rows[0].row, me.id) }, 'a new row'));
  const tried = [...mine.slice(0, triedRows), ...others.slice(0, triedRows)];
  if (updates.length === 0) pokes.push(...tried.map(({ row }) => changed(table, row, row, 'a row')));
  if (!cases.delete?.roles.includes(role)) pokes.push(...tried.map(({ row }) => removed(table, row, 'a row')));
  else {
    const sorted = await sortRows(stage, table, cases.delete.rows, me);
    pokes.push(...foreign(sorted).map(({ row }) => removed(table, row, 'a row of others')));
  }
  for (const one of updates) {
    const sorted = await sortRows(stage, table, `(${one.rows}) and not t.is_deleted`, me);
    for (const { row } of foreign(sorted)) pokes.push(changed(table, row, await one.set(row, at), 'a row of others'));
    const own = sorted.find(({ isOwn }) => isOwn);
    for (const [what, change] of Object.entries(one.refusedByGuard ?? {}))
      if (own) pokes.push(changed(table, own.row, await change(own.row, at), what));
  }
  for (const one of inserts) {
    const row = await one.row(at);
    for (const [what, change] of Object.entries({ ...one.refused, ...one.refusedByGuard }))
      pokes.push(newRow(table, { ...(await change({ ...row, id: row.id }, at)) }, what));
  }
  return pokes;
}

const foreign = <T extends { isOwn: boolean; row: Row }>(rows: readonly T[]): T[] =>
  rows.filter(({ isOwn, row }) => !isOwn && row['is_deleted'] === false).slice(0, triedRows);

/** Under the person's own name, so that only the right to the table is missing. */
const ownedBy = (row: Row, id: string): Row => {
  const owner = owners.find((column) => column in row);
  return { id: randomUUID(), ...(owner ? { [owner]: id } : {}) };
};

function newRow(table: TableName, { id, ...columns }: Row, what: string): Poke {
  return { verb: 'insert', what, op: operation(table, id as string, { set: known(table, columns) }) };
}

const changed = (table: TableName, row: Row, set: Row, what: string): Poke => ({
  verb: 'update',
  what: `${what}: ${row['id'] as string}`,
  op: operation(table, row['id'] as string, { base: row['v'] as string, set: known(table, set) }),
});

const removed = (table: TableName, row: Row, what: string): Poke => ({
  verb: 'delete',
  what: `${what}: ${row['id'] as string}`,
  op: operation(table, row['id'] as string, { base: row['v'] as string, deleted: true }),
});

/** Columns of the contract, as a device would send them. */
const known = (table: TableName, row: Row): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([column]) => column in tables[table].row.shape && column !== 'id'));
