import { deriveKey } from '../db/pools.ts';
import type { Pool } from '../db/sql.ts';

/** The key of the server's derived writes, for a seed that is only given the owner's pool. */
export async function readServerKey(server: Pool): Promise<string> {
  const { rows } = await server.query<{ value: string }>("select value from server_secrets where name = 'root'");
  if (!rows[0]) throw new Error('The database is not migrated.');
  return deriveKey(rows[0].value, 'server key');
}
