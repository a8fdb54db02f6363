import type { Pool } from '../db/sql.ts';
import type { Table } from './catalogue.ts';

/**
 * Deletes the last row of each table that nothing hangs on and that has some, so that there are deleted rows to leave out.
 * What others hang on stays: what becomes of children is the subject of `permissions/reading.pg.test.ts`.
 */
export async function setRowsAside(server: Pool, catalogue: ReadonlyMap<string, Table>): Promise<void> {
  const parents = new Set([...catalogue.values()].flatMap(({ columns }) => columns.map(({ parent }) => parent)));
  for (const { name, key, columns, isAppendOnly } of catalogue.values()) {
    if (isAppendOnly || parents.has(name) || !columns.some((column) => column.name === 'is_deleted')) continue;
    await server.query(
      `update ${name} set is_deleted = true where ${key} in (
         select ${key} from (select ${key}, count(*) over () as rows from ${name}) one where rows > 3 order by ${key} desc limit 1)`,
    );
  }
}
