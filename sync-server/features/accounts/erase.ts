import type { Tx } from '../../db/sql.ts';
import { erasures } from './erasures.ts';

/**
 * Takes the person out of everything that is kept (data model R4), and everything else out of the database: what devices hold goes
 * with it, as tombstones, and the person's own are told to wipe. Files go by `eraseFilesOf`. What is left are the words others wrote
 * about the person elsewhere.
 */
export async function erasePerson(tx: Tx, serverKey: string, id: string, now: Date): Promise<void> {
  for (const { sql } of erasures) await tx.query(sql, sql.includes('$2') ? [id, now] : [id]);
  await tx.query('select server_request_wipe($1, $2)', [serverKey, id]);
}
