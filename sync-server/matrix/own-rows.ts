import type { Pool } from '../db/sql.ts';
import { viewsOf } from '../permissions/fragments.ts';
import { everyTable } from '../permissions/tables/index.ts';
import type { Person } from '../testing/people.ts';
import type { Table } from './catalogue.ts';

/**
 * Gives everybody a row of their own wherever the declaration knows own rows: a copy of somebody else's under the person's name.
 * Where a key forbids it (an invoice of a mentor), there is none, and the declaration should not speak of that role.
 */
export async function giveOwnRows(
  server: Pool,
  catalogue: ReadonlyMap<string, Table>,
  people: readonly Person[],
): Promise<void> {
  for (const permissions of everyTable)
    for (const person of people)
      for (const { scope, key = '', when = 'true' } of viewsOf(permissions, person.role)) {
        const column = /^t\.(\w+)$/.exec(key)?.[1];
        const table = catalogue.get(permissions.table);
        if (scope === 'u' && column && column !== 'id' && table) await copyTo(server, table, column, when, person.id);
      }
}

async function copyTo(
  server: Pool,
  { name, columns }: Table,
  owner: string,
  when: string,
  person: string,
): Promise<void> {
  const given = columns.map((column) => column.name).filter((column) => column !== 'id');
  const value = (column: string) => (column === owner ? '$1' : `t.${column}`);
  // Where there is one and it was set aside, it comes back: a second one may not be.
  await server.query(
    `update ${name} set is_deleted = false where id in (
       select id from ${name} t where t.${owner} = $1 and t.is_deleted and (${when}) limit 1)
     and not exists (select from ${name} t where t.${owner} = $1 and not t.is_deleted and (${when}))`,
    [person],
  );
  // Rows of several tables have no id to give: it follows from their key, or the database makes one.
  await server
    .query(
      `insert into ${name} (${given.join(', ')}) select ${given.map(value).join(', ')} from ${name} t
       where not t.is_deleted and (${when}) and not exists (select from ${name} t where t.${owner} = $1 and not t.is_deleted and (${when}))
       order by t.id limit 1`,
      [person],
    )
    .catch((error: Error & { code?: string }) => {
      // A key or a rule of the table: this person has no such row.
      if (!/^(23|P0|42501)/.test(error.code ?? '')) throw new Error(`${name}: ${error.message}`, { cause: error });
    });
}
