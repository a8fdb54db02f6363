import pino from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startServer, type TestServer } from '../testing/api-client.ts';
import { assignMentor, createCompany, createPerson } from '../testing/people.ts';
import { pull } from '../testing/sync-client.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { purgeTombstones } from './purge.job.ts';

const password = 'correct horse battery';
let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  await createCompany(database.server);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const purgeOn = (day: string) =>
  purgeTombstones.run(undefined, {
    ...server.deps,
    clock: { now: () => new Date(day) },
    log: pino({ level: 'silent' }),
  });
const isOlderThanAllOpen = async () =>
  (
    await database.server.query<{ older: boolean }>(
      'select max(xid) < pg_snapshot_xmin(pg_current_snapshot()) as older from sync_rows where deleted',
    )
  ).rows[0]!.older;
const tombstones = async () =>
  (await database.server.query<{ n: number }>('select count(*)::int as n from sync_rows where deleted')).rows[0]!.n;

test('tombstones are kept for ninety days; a device that was away for longer starts over and ends up right', async () => {
  const mentor = await createPerson(database.server, 'mentor', { password });
  const [kept, gone] = [await createPerson(database.server, 'student'), await createPerson(database.server, 'student')];
  for (const { id } of [kept, gone]) await assignMentor(database.server, mentor.id, id);
  const client = await server.signIn(mentor.email, password);
  const { docs, checkpoint } = await pull(client, null);
  expect(docs.some(({ type, id }) => type === 'users' && id === gone.id)).toBe(true);
  await database.server.query('update users set is_deleted = true where id = $1', [gone.id]);
  expect(await tombstones()).toBeGreaterThan(0);
  // The mark lies below every transaction of the cluster that is still open, those of other tests' databases included.
  await vi.waitFor(async () => expect(await isOlderThanAllOpen()).toBe(true), { timeout: 20_000, interval: 50 });
  await purgeOn('2026-12-01T23:15:00Z');
  await purgeOn('2027-02-20T23:15:00Z');
  expect(await tombstones()).toBeGreaterThan(0);
  expect((await pull(client, checkpoint)).isReset).toBe(false);

  await purgeOn('2027-03-05T23:15:00Z');
  expect(await tombstones()).toBe(0);
  const answer = await pull(client, checkpoint);
  expect(answer.isReset).toBe(true);
  expect(answer.docs.some(({ type, id }) => type === 'users' && id === gone.id)).toBe(false);
  expect((await pull(client, answer.checkpoint)).isReset).toBe(false);
});

test('a checkpoint names no transaction of which a crash may give the number to another', async () => {
  const mentor = await createPerson(database.server, 'mentor', { password });
  const client = await server.signIn(mentor.email, password);
  await pull(client, null);
  const snapshot = async (): Promise<string> =>
    (await database.server.query<{ here: string }>('select sync_snapshot()::text as here')).rows[0]!.here;
  const before = await snapshot();
  const connection = await database.server.connect();
  const taken: string[] = [];
  for (let one = 0; one < 3; one++) {
    await connection.query('begin');
    taken.push((await connection.query<{ id: string }>('select pg_current_xact_id()::text as id')).rows[0]!.id);
    await connection.query('rollback');
  }
  connection.release();
  expect(await snapshot()).toBe(before);
  await createPerson(database.server, 'student');
  const after = await snapshot();
  expect(BigInt(after.split(':')[1]!)).toBeGreaterThan(BigInt(taken.at(-1)!));
  const { rows } = await database.server.query<{ is_same: boolean }>(
    `select bool_and(pg_visible_in_snapshot(x, $1::pg_snapshot) = pg_visible_in_snapshot(x, pg_current_snapshot())) as is_same
     from (select xid as x from sync_rows union select gained from sync_members union select lost from sync_members where lost is not null) published`,
    [after],
  );
  expect(rows[0]!.is_same).toBe(true);
});

test('when all that was published last is purged nobody starts over twice', async () => {
  const mentor = await createPerson(database.server, 'mentor', { password });
  const client = await server.signIn(mentor.email, password);
  const { checkpoint } = await pull(client, null);
  const gone = await createPerson(database.server, 'student');
  await database.server.query('update users set is_deleted = true where id = $1', [gone.id]);
  await vi.waitFor(async () => expect(await isOlderThanAllOpen()).toBe(true), { timeout: 20_000, interval: 50 });
  await purgeOn('2027-06-01T23:15:00Z');
  await purgeOn('2027-09-05T23:15:00Z');
  const again = await pull(client, checkpoint);
  expect(again.isReset).toBe(true);
  expect((await pull(client, again.checkpoint)).isReset).toBe(false);
});
