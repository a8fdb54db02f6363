import { roles, type Role } from '#contract/roles.ts';
import type { NewRow } from '../seed/insert-rows.ts';
import type { Tx } from '../db/sql.ts';
import { everyTable } from '../permissions/tables/index.ts';
import { casesOf, columnsOfCases } from './cases/index.ts';
import type { InsertCase, UpdateCase } from './cases/format.ts';
import type { Table } from './catalogue.ts';
import type { Person } from '../testing/people.ts';
import { attempt, isDenied, undone, type Answer } from './sql-door.ts';
import type { MatrixStage } from './stage.ts';
import type { Cell, Tally, Verb } from './tally.ts';

/** What every device write carries beside its columns. */
const carried = ['v', 'client_at', 'origin_device_id'];
const token = '00000000-0000-4000-8000-00000000a11e';

/** INSERT, UPDATE and DELETE by SQL as a role: every column that no case names is closed, every row that no case names as well. */
export async function checkWriting(stage: MatrixStage, tally: Tally, table: Table, role: Role): Promise<void> {
  const me = stage.person(role);
  const cell = (verb: Verb): Cell => ({ table: table.name, caller: role, verb });
  const cases = casesOf(table.name);
  const inserts = (cases.insert ?? []).filter((one) => one.roles.includes(role));
  const updates = (cases.update ?? []).filter((one) => one.roles.includes(role));
  const written = await Promise.all(inserts.map(async (one) => ({ one, row: await one.row({ me, stage }) })));
  const broken = await Promise.all(written.flatMap(({ one, row }) => breakRow(one, row, { me, stage })));
  await undone(stage.database.people, me, async (tx) => {
    await checkColumns(tx, tally, table, role);
    tally.mustRefuse(cell('delete'), isDenied(await attempt(tx, `delete from ${table.name}`)), 'by SQL');
    for (const { one, row } of written) {
      const answer = await insert(tx, table.name, row, one.columns);
      tally.mustAllow(
        cell('insert'),
        answer.count === 1,
        `the case by SQL: ${answer.message ?? `${answer.count} rows`}`,
      );
    }
    for (const { what, row, columns } of broken) {
      const answer = await insert(tx, table.name, row, columns);
      tally.mustRefuse(cell('insert'), answer.code !== undefined, `${what} by SQL`);
    }
  });
  for (const one of updates) await checkUpdate(stage, tally, table, role, one);
}

const breakRow = (
  one: InsertCase,
  row: NewRow & { id: string },
  at: { me: Parameters<InsertCase['row']>[0]['me']; stage: MatrixStage },
) =>
  Object.entries(one.refused).map(async ([what, change]) => ({
    what,
    row: await change(row, at),
    columns: one.columns,
  }));

/** Each column alone, so that a right to one is not hidden behind the lack of a right to another. */
async function checkColumns(tx: Tx, tally: Tally, table: Table, role: Role): Promise<void> {
  for (const verb of ['insert', 'update'] as const) {
    const named = columnsOfCases(table.name, role, verb);
    const open = new Set(named.length > 0 ? [...named, ...carried] : []);
    for (const { name } of table.columns) {
      if (open.has(name)) continue;
      const statement =
        verb === 'insert'
          ? `insert into ${table.name} (${name}) values (default)`
          : `update ${table.name} set ${name} = default`;
      const answer = await attempt(tx, statement);
      tally.mustRefuse({ table: table.name, caller: role, verb }, isDenied(answer), `column ${name} by SQL`);
    }
  }
}

/** All columns of the case are named, so that each of its grants is needed; those the row leaves out get their default. */
function insert(tx: Tx, table: string, row: NewRow, columns: string): Promise<Answer> {
  const names = [...columns.split(' '), ...carried];
  const values = names.map((name) =>
    row[name] === undefined ? 'default' : `(jsonb_populate_record(null::${table}, $1::jsonb)).${name}`,
  );
  return attempt(tx, `insert into ${table} (${names.join(', ')}) values (${values.join(', ')})`, [JSON.stringify(row)]);
}

type StageRow = { id: string; isOwn: boolean; row: Record<string, unknown> };

/** All rows of a table, and which of them meet a condition about the person. */
export const sortRows = (stage: MatrixStage, table: string, condition: string, me: Person): Promise<StageRow[]> =>
  stage.rows<StageRow>(
    `select t.id, coalesce((${condition}), false) as "isOwn", to_jsonb(t) as row from ${table} t where $1::uuid is not null`,
    [me.id],
  );

/** Without a condition only the update policy decides: the rows that change are those of the case, and no other. */
async function checkUpdate(
  stage: MatrixStage,
  tally: Tally,
  { name }: Table,
  role: Role,
  one: UpdateCase,
): Promise<void> {
  const me = stage.person(role);
  await one.given?.({ me, stage });
  const cell: Cell = { table: name, caller: role, verb: 'update' };
  const removal = casesOf(name).delete;
  const rows = await sortRows(stage, name, one.rows, me);
  const own = rows.filter(({ isOwn, row }) => isOwn && row['is_deleted'] === false);
  // Whoever may delete may also touch what is deleted, so that it can come back.
  const most = removal ? rows.filter(({ isOwn }) => isOwn).length : own.length;
  const [first] = own;
  const also = Object.keys(one.also ?? {});
  const assign = (columns: readonly string[], row: string): string =>
    [...new Set([...columns, ...also])]
      .map((column) => `${column} = (jsonb_populate_record(null::${name}, ${row}::jsonb)).${column}`)
      .join(', ');
  await undone(stage.database.people, me, async (tx) => {
    const blind = await attempt(tx, `update ${name} set ${assign(['v'], '$1')}`, [
      JSON.stringify({ v: token, ...one.also }),
    ]);
    const outcome = `${own.length} rows by SQL, ${blind.message ?? `${blind.count} changed`}`;
    for (const row of rows)
      if (own.includes(row)) tally.mustAllow(cell, blind.count >= own.length, outcome);
      else if (!row.isOwn) tally.mustRefuse(cell, blind.count <= most, outcome);
    if (!first) return tally.blame(`${name} · ${role} · update: no row to change`);
    const change = (column: string, row: object) =>
      attempt(tx, `update ${name} set ${assign([column], '$1')} where id = $2`, [
        JSON.stringify({ ...row, ...one.also }),
        first.id,
      ]);
    for (const column of [...one.columns.split(' '), ...carried]) {
      const answer = await change(column, first.row);
      tally.mustAllow(cell, answer.count === 1, `column ${column} by SQL: ${answer.message ?? `${answer.count} rows`}`);
    }
    if (!removal?.roles.includes(role)) return;
    const answer = await change('is_deleted', { is_deleted: true });
    tally.mustAllow(
      { ...cell, verb: 'delete' },
      answer.count === 1,
      `by SQL: ${answer.message ?? `${answer.count} rows`}`,
    );
  });
}

/** What the declaration lets devices write and what the cases show must be the same, column by column. */
export function compareWithDeclaration(tally: Tally, tables: readonly Table[]): void {
  const declared = new Map(everyTable.map((one) => [one.table, one]));
  for (const { name } of tables)
    for (const role of roles)
      for (const verb of ['insert', 'update'] as const) {
        const rules = (declared.get(name)?.write ?? []).filter((one) => one.verb === verb && one.roles.includes(role));
        const said = new Set(rules.flatMap(({ columns }) => columns));
        const shown = new Set(columnsOfCases(name, role, verb));
        const differ = [...said].filter((one) => !shown.has(one)).concat([...shown].filter((one) => !said.has(one)));
        if (differ.length > 0)
          tally.blame(`${name} · ${role} · ${verb}: declaration and cases differ in ${differ.join(', ')}`);
      }
}

/** Nobody at all, by SQL. */
export async function checkNobody(stage: MatrixStage, tally: Tally, table: Table): Promise<void> {
  const column = table.columns[0]!.name;
  const statements: Record<Verb, string> = {
    select: `select from ${table.name}`,
    insert: `insert into ${table.name} (${column}) values (default)`,
    update: `update ${table.name} set ${column} = default`,
    delete: `delete from ${table.name}`,
  };
  await undone(stage.database.people, null, async (tx) => {
    for (const [verb, statement] of Object.entries(statements) as [Verb, string][])
      tally.mustRefuse(
        { table: table.name, caller: 'anonymous', verb },
        isDenied(await attempt(tx, statement)),
        'by SQL',
      );
    for (const { name } of table.columns)
      tally.mustRefuse(
        { table: table.name, caller: 'anonymous', verb: 'select' },
        isDenied(await attempt(tx, `select ${name} from ${table.name}`)),
        `column ${name} by SQL`,
      );
  });
}
