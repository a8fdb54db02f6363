import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../../sync-server/db/embedded-postgres.ts';

/** A PostgreSQL that others may replicate from; `newDatabase` answers the address of an empty one for its superuser. */
export type LogicalPostgres = { newDatabase(): Promise<string>; stop(): Promise<void> };

export async function startLogicalPostgres(directory: string): Promise<LogicalPostgres> {
  const options = { directory, maxConnections: 200 };
  const first = await startEmbeddedPostgres(options);
  const password = readFileSync(path.join(directory, 'password'), 'utf8').trim();
  const address = (port: number, name: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;
  await run(address(first.port, 'postgres'), `alter system set wal_level = 'logical'`);
  await first.stop();
  const postgres = await startEmbeddedPostgres(options);
  let serial = 0;
  return {
    async newDatabase() {
      const name = `peer_${++serial}`;
      await run(address(postgres.port, 'postgres'), `create database ${name}`);
      return address(postgres.port, name);
    },
    stop: () => postgres.stop(),
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
