import type { Pool } from '../db/sql.ts';

/** Notes the names of the prepared statements that a pool's connections run, from now on. */
export function listenIn(pool: Pool, heard: string[]): void {
  const known = new WeakSet();
  pool.on('acquire', (client) => {
    if (known.has(client)) return;
    known.add(client);
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    client.query = ((...given: unknown[]) => {
      const [{ name } = {}] = given as [{ name?: string }?];
      if (name) heard.push(name);
      return query(...given);
    }) as typeof client.query;
  });
}
