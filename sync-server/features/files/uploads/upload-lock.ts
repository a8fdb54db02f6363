import type { Pool, PoolClient } from 'pg';
import { ERRORS, type Lock, type Locker, type RequestRelease } from '@tus/server';

/** How long a request waits for another one on the same upload to let go. */
const patienceMs = 30_000;
const retryMs = 100;
const channel = 'upload_release';

/**
 * Locks of resumable uploads that hold across server processes: Postgres advisory locks. All locks of one process share one
 * connection, so that many uploads cannot use up the pool; a request that finds a lock taken asks its holder, here by
 * callback and in other processes by NOTIFY, to stop (a client that reconnects meets its own half-dead request).
 */
export function uploadLocker(pool: Pool): Locker {
  const holders = new Map<string, RequestRelease>();
  let session: Promise<PoolClient> | null = null;
  let users = 0;
  const taken = new Set<PoolClient>();

  /**
   * Thrown away rather than returned: its LISTEN and any lock must not reach the next borrower. Once, whatever ends it first, and it may
   * still break as it closes. False where it was done before.
   */
  const giveUp = (client: PoolClient): boolean => {
    if (!taken.delete(client)) return false;
    client.removeAllListeners('notification');
    client.release(true);
    return true;
  };

  const open = async (): Promise<PoolClient> => {
    const client = await pool.connect();
    taken.add(client);
    client.on('notification', ({ payload }) => void holders.get(payload ?? '')?.());
    client.on('error', () => {
      if (!giveUp(client)) return;
      // The locks died with their connection; whoever holds one must stop writing.
      session = null;
      for (const release of holders.values()) void release();
    });
    await client.query(`listen ${channel}`).catch((error: unknown) => {
      giveUp(client);
      throw error;
    });
    return client;
  };
  const enter = (): Promise<PoolClient> => {
    users += 1;
    return (session ??= open().catch((error: unknown) => {
      session = null;
      throw error;
    }));
  };
  const leave = async (): Promise<void> => {
    users -= 1;
    if (users > 0 || !session) return;
    const closing = session;
    session = null;
    const client = await closing.catch(() => null);
    if (client) giveUp(client);
  };

  const take = async (id: string, release: RequestRelease, signal: AbortSignal): Promise<void> => {
    const client = await enter();
    const deadline = Date.now() + patienceMs;
    for (;;) {
      if (!holders.has(id)) {
        holders.set(id, release);
        const locked = await tryLock(client, id).catch((error: unknown) => {
          holders.delete(id);
          throw error;
        });
        if (locked) return;
        holders.delete(id);
        await client.query('select pg_notify($1, $2)', [channel, id]);
      } else await holders.get(id)?.();
      if (signal.aborted || Date.now() > deadline) throw ERRORS.ERR_LOCK_TIMEOUT;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  };

  return {
    newLock: (id): Lock => ({
      lock: (signal, release) =>
        take(id, release, signal).catch(async (error: unknown) => {
          await leave();
          throw error;
        }),
      unlock: async () => {
        holders.delete(id);
        const client = await session?.catch(() => null);
        await client?.query('select pg_advisory_unlock(hashtextextended($1, 7))', [id]).catch(() => undefined);
        await leave();
      },
    }),
  };
}

async function tryLock(client: PoolClient, id: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 7)) as locked',
    [id],
  );
  return rows[0]!.locked;
}
