import type { Pool } from '../db/sql.ts';
import type { Person } from '../testing/people.ts';
import { ruleOf } from '../testing/oracle/rules.ts';

type Row = Record<string, unknown>;
/** What one person may read of one row: on a device, and online beside that. */
export type Readable = { device: Row | null; online: Row };

/** Every row of a table that a person may read, by id, as the plain rule says it (`testing/oracle`). `live` knows no deleted rows. */
export async function readExpected(
  live: Pool,
  { id, role }: Person,
  table: string,
  key: string,
): Promise<Map<string, Readable>> {
  const found = new Map<string, Readable>();
  for (const { rows: condition, columns = '', online = '' } of ruleOf(role, table)) {
    const list = (names: string) => names.split(' ').filter(Boolean);
    const all = [...new Set([key, 'created_at', ...list(columns), ...list(online)])];
    const { rows } = await live.query<Row>(
      `select ${all.map((column) => `t.${column}`).join(', ')} from ${table} t
       where $1::uuid is not null and (${condition})`,
      [id],
    );
    for (const row of rows) {
      const name = String(row[key]);
      const known = found.get(name) ?? { device: null, online: {} };
      found.set(name, {
        device: columns ? { ...known.device, ...only(row, [key, 'created_at', ...list(columns)]) } : known.device,
        online: { ...known.online, ...row },
      });
    }
  }
  return found;
}

const only = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(columns.map((column) => [column, row[column]]));
