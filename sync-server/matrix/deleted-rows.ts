import { roles, type Role } from '#contract/roles.ts';
import { findTable } from '#contract/tables/index.ts';
import type { Table } from './catalogue.ts';
import { grantedColumns } from './reading.ts';
import { attempt, undone } from './sql-door.ts';
import type { MatrixStage } from './stage.ts';
import type { Tally } from './tally.ts';

/** With every row of a table marked as deleted nobody reads one of it, whatever they could read before. */
export async function checkDeletedRows(
  stage: MatrixStage,
  tally: Tally,
  table: Table,
  among: readonly Role[] = roles,
): Promise<void> {
  if (!table.columns.some(({ name }) => name === 'is_deleted')) return;
  // Whoever may delete rows of the table sees their own deleted ones to the end of the statement.
  if (findTable(table.name)?.device.delete) return;
  const hidden = await mark(stage, table, 'not is_deleted', true);
  try {
    for (const role of among) {
      const [column] = grantedColumns(role, table.name);
      if (!column) continue;
      for (const person of stage.of(role)) {
        const { count } = await undone(stage.database.people, person, (tx) =>
          attempt(tx, `select ${column} from ${table.name}`),
        );
        tally.mustRefuse(
          { table: table.name, caller: role, verb: 'select' },
          count === 0,
          `${count} deleted rows as ${person.email}`,
        );
      }
    }
  } finally {
    await mark(stage, table, `${table.key} = any ($1)`, false, [hidden]);
  }
}

/** Triggers rest, so that nothing follows from it. Answers the rows that changed. */
async function mark(
  { database: { server } }: MatrixStage,
  { name, key, isAppendOnly }: Table,
  condition: string,
  deleted: boolean,
  values: unknown[] = [],
): Promise<string[]> {
  const client = await server.connect();
  try {
    await client.query(`begin; alter table ${name} disable trigger user`);
    // What even the server only adds to is marked as well: the owner allows itself for so long.
    if (isAppendOnly) await client.query(`grant update on ${name} to current_user`);
    const { rows } = await client.query<{ id: string }>(
      `update ${name} set is_deleted = ${deleted} where ${condition} returning ${key} as id`,
      values,
    );
    if (isAppendOnly) await client.query(`revoke update on ${name} from current_user`);
    await client.query(`alter table ${name} enable trigger user; commit`);
    return rows.map(({ id }) => id);
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
