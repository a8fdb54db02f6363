import type { Pool, PoolClient } from '../db/sql.ts';

/** `cannot_connect_now`: of all that a database being away looks like, graphile-worker tries again after this alone. */
const comesBack = '57P03';

/**
 * The pool as the job runner gets it: whatever says that the database is away for a while says so in the code that the runner waits
 * for. Without that a job that ends while PostgreSQL restarts cannot be ticked off, and the failure, which nobody awaits, ends the process.
 */
export const patientPool = (pool: Pool): Pool =>
  replacing(pool, 'connect', (listener?: Parameters<Pool['connect']>[0]) =>
    // The runner's own listening for new jobs waits for the database by itself.
    listener ? pool.connect(listener) : told(pool.connect()).then(patientClient),
  );

const patientClient = (client: PoolClient): PoolClient =>
  replacing(client, 'query', (...given: Parameters<PoolClient['query']>) =>
    told(client.query(...given) as unknown as Promise<unknown>),
  );

function replacing<T extends object>(thing: T, name: keyof T, put: unknown): T {
  return new Proxy(thing, {
    get(target, asked) {
      if (asked === name) return put;
      const value: unknown = Reflect.get(target, asked, target);
      return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value;
    },
  });
}

async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!isAway(error)) throw error;
    throw Object.assign(new Error((error as Error).message, { cause: error }), { code: comesBack });
  }
}

/** A connection that broke or was not to be had, or a server that says that it stops or starts. */
function isAway(error: unknown): boolean {
  const { code = '', severity } = error as { code?: string; severity?: string };
  return severity === undefined || code.startsWith('08') || code.startsWith('57P');
}
