import type { Pool } from '../db/sql.ts';
import { AppError } from './errors.ts';

/** One call of one command by one person under one key. */
export type Call = { actorId: string; key: string; operation: string; hash: string };

/** A call whose process died never finishes; after this long its key may run again. */
const abandonedAfter = '10 minutes';

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
  const { rows } = await server.query<{ operation: string; request_hash: string; state: string; response: unknown }>(
    'select operation, request_hash, state, response from idempotency_keys where actor_id = $1 and key = $2',
    [actorId, key],
  );
  const earlier = rows[0];
  if (!earlier) throw new AppError('IN_PROGRESS', { retryAfter: 1 });
  if (earlier.operation !== operation || earlier.request_hash !== hash) throw new AppError('IDEMPOTENCY_MISMATCH');
  if (earlier.state === 'running') throw new AppError('IN_PROGRESS', { retryAfter: 1 });
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
