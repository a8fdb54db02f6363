import type { TableContract } from '#contract/define-table.ts';
import type { Tx } from '../../db/sql.ts';

/** What every write of a device carries: its operation as the row's token, its time and where it came from. */
export type Origin = { id: string; op: string; clientAt: Date; deviceId: string | null };

const stamps = ['v', 'client_at', 'origin_device_id'];

/** Values travel as one JSON object and get the types of the table's own columns. Named, so that each shape is planned once. */
export async function insertRow(
  tx: Tx,
  { name }: TableContract,
  set: Record<string, unknown>,
  origin: Origin,
): Promise<void> {
  const columns = Object.keys(set).toSorted();
  await tx.query({
    name: statementName('insert', name, columns),
    text: `insert into ${name} (${['id', ...stamps, ...columns].join(', ')})
           select ${['$1', '$2', '$3', '$4', ...columns.map((column) => `given.${column}`)].join(', ')}
           from jsonb_populate_record(null::${name}, $5::jsonb) given`,
    values: [origin.id, origin.op, origin.clientAt, origin.deviceId, JSON.stringify(set)],
  });
}

/** Many new rows of one table in one statement; all have the columns of the first. Read once only, so as `json` and not as `jsonb`. */
export async function insertRows(
  tx: Tx,
  { name }: TableContract,
  rows: readonly { set: Record<string, unknown>; origin: Origin }[],
): Promise<void> {
  const columns = ['id', ...stamps, ...Object.keys(rows[0]!.set).toSorted()];
  await tx.query({
    name: statementName('insert many', name, columns.slice(1 + stamps.length)),
    text: `insert into ${name} (${columns.join(', ')})
           select ${columns.join(', ')} from json_populate_recordset(null::${name}, $1::json)`,
    values: [jsonOf(rows)],
  });
}

/** Many rows of one table in one statement, all with the columns of the first, where each still has the token given as `base`; answers how many had. */
export async function updateRows(
  tx: Tx,
  { name }: TableContract,
  rows: readonly { set: Record<string, unknown>; base: string; origin: Origin }[],
): Promise<number> {
  const columns = Object.keys(rows[0]!.set).toSorted();
  const update = {
    name: statementName('update many', name, columns),
    text: `update ${name} set ${[...stamps, ...columns].map((column) => `${column} = given.${column}`).join(', ')}
           from json_populate_recordset(null::${name}, $1::json) given join unnest($2::uuid[], $3::uuid[]) as held(id, v) on held.id = given.id
           where ${name}.id = given.id and ${name}.v = held.v`,
    values: [jsonOf(rows), rows.map(({ origin }) => origin.id), rows.map(({ base }) => base)],
  };
  return columns.length === 0 ? sayAgain(tx, update) : countOf(tx, update);
}

/** One JSON text of rows with their stamps. Put together of texts: copies of a thousand rows would be mostly waste. */
const jsonOf = (rows: readonly { set: Record<string, unknown>; origin: Origin }[]): string =>
  `[${rows.map(({ set, origin }) => joined(JSON.stringify(set), JSON.stringify(stampsOf(origin)))).join(',')}]`;

/** Two objects as JSON in one, in which the second has the last word. */
const joined = (first: string, second: string): string =>
  first === '{}' ? second : `${first.slice(0, -1)},${second.slice(1)}`;

const stampsOf = ({ id, op, clientAt, deviceId }: Origin) => ({
  id,
  v: op,
  client_at: clientAt,
  origin_device_id: deviceId,
});

/** False where the person may see the row but not change it. */
export async function updateRow(
  tx: Tx,
  { name }: TableContract,
  set: Record<string, unknown>,
  origin: Origin,
): Promise<boolean> {
  const columns = Object.keys(set).toSorted();
  const assignments = columns.map((column) => `${column} = given.${column}`);
  const update = {
    name: statementName('update', name, columns),
    text: `update ${name} set v = $2, client_at = $3, origin_device_id = $4${assignments.map((one) => `, ${one}`).join('')}
           from jsonb_populate_record(null::${name}, $5::jsonb) given where ${name}.id = $1`,
    values: [origin.id, origin.op, origin.clientAt, origin.deviceId, JSON.stringify(set)],
  };
  return (await (columns.length === 0 ? sayAgain(tx, update) : countOf(tx, update))) === 1;
}

type Statement = { name: string | undefined; text: string; values: unknown[] };

const countOf = async (tx: Tx, statement: Statement): Promise<number> => (await tx.query(statement)).rowCount ?? 0;

/** Where nothing but the token changes, it is published all the same. A statement that fails takes the setting back with it. */
async function sayAgain(tx: Tx, statement: Statement): Promise<number> {
  await tx.query("select set_config('app.said_again', 'on', true)");
  const count = await countOf(tx, statement);
  await tx.query("select set_config('app.said_again', 'off', true)");
  return count;
}

/** A deletion is a mark; readers get a tombstone. */
export async function deleteRow(tx: Tx, { name }: TableContract, origin: Origin): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: statementName('delete', name, []),
    text: `update ${name} set is_deleted = true, v = $2, client_at = $3, origin_device_id = $4 where id = $1`,
    values: [origin.id, origin.op, origin.clientAt, origin.deviceId],
  });
  return rowCount === 1;
}

/** Postgres cuts names at 63 characters; a clash of two shapes would run the wrong one, so long ones stay unnamed. */
function statementName(verb: string, table: string, columns: readonly string[]): string | undefined {
  const name = `${verb} ${table} ${columns.join(' ')}`;
  return name.length <= 63 ? name : undefined;
}
