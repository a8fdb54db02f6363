import { asServer } from '../db/as-actor.ts';
import type { Pool, Tx } from '../db/sql.ts';
import { AppError } from './errors.ts';

/** One call of one command by one person under one key. */
export type Call = { actorId: string; key: string; operation: string; hash: string };

/** A call in several steps whose process died never finishes; after this long its key may run again. */
const abandonedAfter = '10 minutes';

/**
 * Runs a call in one transaction of the server, with its answer stored in the same one: killed at any moment, process or database leave
 * both or neither, and the key may be tried again at once. A call that has its answer gets it again; throws IN_PROGRESS and
 * IDEMPOTENCY_MISMATCH as `openCall` does.
 */
export const callOnce = <T>(server: Pool, call: Call, work: (tx: Tx) => Promise<T>): Promise<T> =>
  asServer(server, async (tx) => {
    const { actorId, key, operation, hash } = call;
    const { rows } = await tx.query<{ is_free: boolean }>(
      'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as is_free',
      [`${actorId} ${key}`],
    );
    if (!rows[0]?.is_free) throw inProgress();
    const earlier = await findCall(tx, call);
    if (earlier?.state === 'done') return earlier.response as T;
    if (earlier && !earlier.is_abandoned) throw inProgress();
    const answer = await work(tx);
    await tx.query(
      `insert into idempotency_keys as k (actor_id, key, operation, request_hash, state, response)
       values ($1, $2, $3, $4, 'done', $5)
       on conflict (actor_id, key) do update set state = 'done', response = excluded.response`,
      [actorId, key, operation, hash, JSON.stringify(answer ?? null)],
    );
    return answer;
  });

type Earlier = {
  operation: string;
  request_hash: string;
  state: 'running' | 'done';
  response: unknown;
  is_abandoned: boolean;
};

/** What is known of a key; throws where it belongs to another request. */
async function findCall(db: Pick<Tx, 'query'>, { actorId, key, operation, hash }: Call): Promise<Earlier | undefined> {
  const { rows } = await db.query<Earlier>(
    `select operation, request_hash, state, response, created_at < now() - $3::interval as is_abandoned
     from idempotency_keys where actor_id = $1 and key = $2`,
    [actorId, key, abandonedAfter],
  );
  const [earlier] = rows;
  if (earlier && (earlier.operation !== operation || earlier.request_hash !== hash))
    throw new AppError('IDEMPOTENCY_MISMATCH');
  return earlier;
}

const inProgress = (): AppError => new AppError('IN_PROGRESS', { retryAfter: 1 });

/**
 * Claims the key for this call, or answers with the finished call that has it. Throws IN_PROGRESS while another one runs and
 * IDEMPOTENCY_MISMATCH when the key belongs to other content.
 */
export async function openCall(
  server: Pool,
  { actorId, key, operation, hash }: Call,
): Promise<{ response: unknown } | null> {
  const claimed = await server.query(
    `insert into idempotency_keys as k (actor_id, key, operation, request_hash, state)
     values ($1, $2, $3, $4, 'running')
     on conflict (actor_id, key) do update set created_at = now(), state = 'running'
       where k.state = 'running' and k.operation = $3 and k.request_hash = $4 and k.created_at < now() - $5::interval
     returning 1`,
    [actorId, key, operation, hash, abandonedAfter],
  );
  if (claimed.rowCount) return null;
  const earlier = await findCall(server, { actorId, key, operation, hash });
  if (earlier?.state !== 'done') throw inProgress();
  return { response: earlier.response };
}

export async function storeAnswer(server: Pool, { actorId, key }: Call, response: unknown): Promise<void> {
  await server.query("update idempotency_keys set state = 'done', response = $3 where actor_id = $1 and key = $2", [
    actorId,
    key,
    JSON.stringify(response ?? null),
  ]);
}

export async function forgetCall(server: Pool, { actorId, key }: Call): Promise<void> {
  await server.query("delete from idempotency_keys where actor_id = $1 and key = $2 and state = 'running'", [
    actorId,
    key,
  ]);
}
