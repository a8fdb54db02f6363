import { databaseRole, inPolicy } from './fragments.ts';
import type { TablePermissions, Write } from './view.ts';

/** What every device write carries: its token, its time and where it came from. */
const carried = ['v', 'client_at', 'origin_device_id'];

/** Row policies and column grants of one table for writing; `db/declared/00-reset.sql` has taken away yesterday's. */
export const writingSql = ({ table, write }: TablePermissions): string =>
  write.flatMap((one, at) => [grant(table, one), ...policies(table, one, at)]).join('\n');

function grant(table: string, { verb, roles, columns }: Write): string {
  return `grant ${verb} (${[...columns, ...carried].join(', ')}) on ${table} to ${roles.map(databaseRole).join(', ')};`;
}

/** The person is looked up once per statement, not once per row. */
const condition = (fragment: string, table: string): string =>
  inPolicy(fragment, table).replaceAll('auth.uid()', '(select auth.uid())');

function policies(table: string, { verb, roles, rows, result }: Write, at: number): string[] {
  const using = rows === undefined ? '' : `\n  using (${condition(rows, table)})`;
  return roles.map(
    (role) => `create policy ${verb}_${at}_${role} on ${table} for ${verb} to ${databaseRole(role)}${using}
  with check (${condition(result, table)});`,
  );
}
