import type { Tx } from '../../db/sql.ts';
import { erasures, type Erasure } from './erasures.ts';

/**
 * Takes the person out of everything that is kept (data model R4), and everything else out of the database: what devices hold goes
 * with it, as tombstones. Names what it could not know are only those that others wrote down about the person.
 */
export async function erasePerson(tx: Tx, id: string, now: Date): Promise<void> {
  for (const erasure of await findErasures(tx)) {
    const values = erasure.sql.includes('$2') ? [id, now] : [id];
    await tx.query(erasure.sql, values);
  }
}

/** Those whose table this database has: some belong to parts of the academy that are added later. */
async function findErasures(tx: Tx): Promise<readonly Erasure[]> {
  const { rows } = await tx.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename = any($1)",
    [erasures.map(({ table }) => table)],
  );
  const present = new Set(rows.map(({ name }) => name));
  return erasures.filter(({ table }) => present.has(table));
}
