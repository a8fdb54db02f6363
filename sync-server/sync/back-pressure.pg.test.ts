import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PoolClient } from '../db/sql.ts';
import type { Client } from '../testing/api-client.ts';
import { operation } from '../testing/operations.ts';
import { pull } from '../testing/sync-client.ts';
import { openSyncStage, type SyncStage } from '../testing/sync-stage.ts';
import { syncLimits } from './limits.ts';

let stage: SyncStage;
let database: SyncStage['database'];
let server: SyncStage['server'];

beforeAll(async () => {
  stage = await openSyncStage();
  ({ database, server } = stage);
});
afterAll(() => stage.close());

/** Holds up every push of this person until it is let go. */
async function holdPushes(userId: string): Promise<() => Promise<void>> {
  const holder: PoolClient = await database.server.connect();
  await holder.query("select pg_advisory_lock(hashtextextended('push ' || $1, 0))", [userId]);
  return async () => {
    await holder.query('select pg_advisory_unlock_all()');
    holder.release();
  };
}
const report = ({ userId }: Client) =>
  operation('error_logs', randomUUID(), {
    set: { user_id: userId, error_type: 'ui', error_message: 'x', severity: 'error' },
  });
const waitingForLocks = async (): Promise<number> => {
  const { rows } = await database.server.query<{ count: number }>(
    `select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0]!.count;
};

/** Pushes that wait for a place. */
const waiting = async () =>
  (await server.deps.metrics.gates.get()).values.find(
    ({ labels }) => labels.gate === 'write' && labels.state === 'waiting',
  )?.value;

test('one person’s pushes wait outside the database, and more than that are told when to come again', async () => {
  const person = await stage.person('student');
  const client = await stage.signIn(person);
  const letGo = await holdPushes(person.id);
  const { perPerson } = syncLimits(server.deps.config.DATABASE_POOL_SIZE).write;
  const fits = perPerson.running + perPerson.waiting;
  const answers = Array.from({ length: fits + 3 }, () =>
    client.call('POST', '/sync/v1/push', { ops: [report(client)] }),
  );
  const refused: Response[] = [];
  for (const answer of answers)
    void answer.then((one) => one.status === 429 && refused.push(one)).catch(() => undefined);
  await expect.poll(() => refused.length, { timeout: 15_000 }).toBe(3);
  await expect.poll(waiting, { timeout: 15_000 }).toBe(perPerson.waiting);
  expect(refused.map(({ status }) => status)).toEqual([429, 429, 429]);
  for (const answer of refused) {
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await answer.json()).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', details: { reason: 'person' } });
  }
  await expect.poll(waitingForLocks, { timeout: 15_000 }).toBe(perPerson.running);
  // Others are not held up by it.
  const other = await stage.person('student');
  const bystander: Client = await stage.signIn(other);
  expect((await bystander.call('POST', '/sync/v1/push', { ops: [report(bystander)] })).status).toBe(200);
  expect((await pull(bystander, null)).docs.length).toBeGreaterThan(0);
  await letGo();
  const all = await Promise.all(answers);
  expect(all.filter(({ status }) => status === 200)).toHaveLength(fits);
});

test('a caller who hung up while waiting is not served', async () => {
  const person = await stage.person('student');
  const client = await stage.signIn(person);
  const letGo = await holdPushes(person.id);
  const first = client.call('POST', '/sync/v1/push', { ops: [report(client)] });
  await expect.poll(waitingForLocks, { timeout: 15_000 }).toBe(1);
  const gone = report(client);
  const hangUp = new AbortController();
  const second = fetch(`${server.url}/sync/v1/push`, {
    method: 'POST',
    signal: hangUp.signal,
    headers: {
      authorization: `Bearer ${client.session.access_token}`,
      'x-device-id': client.deviceId,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ ops: [gone] }),
  });
  await expect.poll(waiting, { timeout: 15_000 }).toBe(1);
  hangUp.abort();
  await expect(second).rejects.toThrow();
  await expect.poll(waiting, { timeout: 15_000 }).toBe(0);
  await letGo();
  expect((await first).status).toBe(200);
  const { rows } = await database.server.query('select from sync_ops where op = $1', [gone.op]);
  expect(rows).toHaveLength(0);
});

test('signing in is never answered 429, however many wait elsewhere', async () => {
  const person = await stage.person('student');
  const client = await stage.signIn(person);
  const letGo = await holdPushes(person.id);
  const answers = Array.from({ length: 20 }, () => client.call('POST', '/sync/v1/push', { ops: [report(client)] }));
  await expect.poll(waitingForLocks, { timeout: 15_000 }).toBe(1);
  await stage.signIn(person);
  const { error } = await client.supabase.auth.refreshSession();
  expect(error).toBeNull();
  await letGo();
  await Promise.all(answers);
});
