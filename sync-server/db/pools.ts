import { createHash, createHmac } from 'node:crypto';
import pg from 'pg';
import type { Pool } from './sql.ts';
import { typeParsers } from './type-parsers.ts';

export type PoolOptions = {
  /** Owner login. */
  databaseUrl: string;
  /** Login for people; left out: `growth_api` with the derived password. */
  apiDatabaseUrl?: string;
  /** Connections per pool for people; the server's own pool gets half, at least 8. */
  size?: number;
  /** Told about connections that broke while idle; the pool has already replaced them. */
  onIdleError?: (error: Error) => void;
};

export type Pools = { server: Pool; people: Pool; serverKey: string; end(): Promise<void> };

/** Role that serves people when no other login is configured. */
export const apiRole = 'growth_api';

/** Opens both pools of a migrated database. */
export async function openPools(options: PoolOptions): Promise<Pools> {
  const size = options.size ?? 20;
  const server = openPool(options.databaseUrl, Math.max(8, Math.ceil(size / 2)), options.onIdleError);
  try {
    const root = await readRootSecret(server);
    const apiUrl = options.apiDatabaseUrl ?? apiUrlOf(options.databaseUrl, root);
    const people = openPool(apiUrl, size, options.onIdleError, { pipeline: true });
    return {
      server,
      people,
      serverKey: deriveKey(root, 'server key'),
      end: async () => void (await Promise.all([people.end(), server.end()])),
    };
  } catch (error) {
    await server.end();
    throw error;
  }
}

/** One pool with our type parsers and UTC sessions. `pipeline`: statements that wait for nobody's answer leave together. */
export function openPool(
  connectionString: string,
  max: number,
  onIdleError?: (error: Error) => void,
  { pipeline = false }: { pipeline?: boolean } = {},
): Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    types: typeParsers,
    pipeline,
    connectionTimeoutMillis: 15_000,
    application_name: 'growth-os',
  });
  // Without a listener a server restart would end the process; the pool itself drops the broken connection.
  pool.on('error', (error) => onIdleError?.(error));
  // A broken connection that is out of the pool fails its own query; graphile-worker asks for this listener too.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Several processes agree on every derived value because the one secret lives in the database, readable by its owner alone. */
export function deriveKey(root: string, purpose: 'server key' | 'api password'): string {
  return createHmac('sha256', root).update(purpose).digest('base64url');
}

/** What the database keeps of the server key; `app_check_server_key` compares it. */
export function hashServerKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function apiUrlOf(databaseUrl: string, root: string): string {
  const url = new URL(databaseUrl);
  url.username = apiRole;
  url.password = deriveKey(root, 'api password');
  return url.href;
}

async function readRootSecret(server: Pool): Promise<string> {
  try {
    const { rows } = await server.query<{ value: string }>("select value from server_secrets where name = 'root'");
    if (rows[0]) return rows[0].value;
  } catch (error) {
    if ((error as { code?: string }).code !== '42P01') throw error;
  }
  throw new Error('The database is not migrated. Run: node sync-server/main.ts migrate');
}
