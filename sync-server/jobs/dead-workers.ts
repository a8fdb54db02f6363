import { isCollision } from '../db/collisions.ts';
import type { Pool, PoolClient } from '../db/sql.ts';

/** First half of the advisory locks that say "this worker lives"; the second is a hash of the worker's id. */
const lockClass = 7461;
const lockNotAvailable = '55P03';
/** Jobs locked for less are left alone: their worker may not have announced itself yet. */
const graceSeconds = 30;

/**
 * Frees the jobs of workers that died. graphile-worker itself waits four hours. Each worker holds an advisory lock on a
 * connection of this process: it is gone the moment the process is, with no heartbeat to miss and none to fake.
 */
export class DeadWorkerWatch {
  readonly #server: Pool;
  readonly #workerIds = new Set<string>();
  #client: PoolClient | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(server: Pool) {
    this.#server = server;
  }

  /** Says that this worker lives in this process. */
  async announce(workerId: string): Promise<void> {
    this.#workerIds.add(workerId);
    await this.#inTurn((client) => this.#hold(client, workerId));
  }

  /** Gives back what dead workers held and tells how many of them there were. */
  sweep(): Promise<number> {
    return this.#inTurn(freeJobs);
  }

  /** One connection does one thing at a time; a failure of one is not the next one's. */
  #inTurn<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const result = this.#turn.then(async () => work(await this.#connection()));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Ends the connection, and with it what it said about our workers. */
  async close(): Promise<void> {
    await this.#turn;
    if (this.#client) this.#drop(this.#client);
  }

  /** A connection that broke took its locks along; the next one takes them again for every worker of this process. */
  async #connection(): Promise<PoolClient> {
    if (this.#client) return this.#client;
    const client = await this.#server.connect();
    this.#client = client;
    client.once('error', () => this.#drop(client));
    for (const workerId of this.#workerIds) await this.#hold(client, workerId);
    return client;
  }

  #drop(client: PoolClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.release(true);
  }

  async #hold(client: PoolClient, workerId: string): Promise<void> {
    await client.query('select pg_advisory_lock_shared($1, hashtext($2))', [lockClass, workerId]);
  }
}

async function freeJobs(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ worker_id: string }>(
    `select worker_id from (
     select distinct locked_by as worker_id from graphile_worker.jobs
     where locked_by is not null and locked_at < now() - make_interval(secs => $2)
   ) as holder
   where not exists (
     select from pg_locks
     where locktype = 'advisory' and classid = $1 and objid = (hashtext(worker_id)::bigint & 4294967295)::oid and granted
       and database = (select oid from pg_database where datname = current_database()))`,
    [lockClass, graceSeconds],
  );
  const dead = rows.map((row) => row.worker_id);
  return dead.length > 0 && (await unlock(client, dead)) ? dead.length : 0;
}

/**
 * False where somebody works on one of their jobs, as the schedule does when its hour comes: it takes its locks in another order. So this
 * gives way before PostgreSQL looks for a deadlock (1 s), whose victim could be the schedule; the next sweep tries again.
 */
async function unlock(client: PoolClient, dead: readonly string[]): Promise<boolean> {
  await client.query("begin; set local lock_timeout = '300ms'");
  try {
    await client.query('select graphile_worker.force_unlock_workers($1)', [dead]);
    await client.query('commit');
    return true;
  } catch (error) {
    await client.query('rollback');
    if (isCollision(error) || (error as { code?: string }).code === lockNotAvailable) return false;
    throw error;
  }
}
