import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createComputer, settled, type Computer } from '../testing/computer.ts';
import { startRealServer, type RealServer } from '../testing/real-server.ts';
import { until } from './store.ts';

vi.setConfig({ testTimeout: 90_000 });
const password = 'a calm river at dawn';
let server: RealServer;
let laptop: Computer;

beforeAll(async () => {
  server = await startRealServer();
});
afterAll(async () => {
  await laptop.close();
  await server.close();
});

test('a device that was away for longer than tombstones are kept starts over: unsent work arrives, what left meanwhile is gone', async () => {
  const { db, people, query } = server;
  await people.createCompany(db);
  const mentor = await people.createPerson(db, 'mentor', { password });
  const [kept, gone] = [await people.createPerson(db, 'student', {}), await people.createPerson(db, 'student', {})];
  for (const { id } of [kept, gone]) await people.assignMentor(db, mentor.id, id);
  laptop = await createComputer(server.url, mentor.email, password);
  const replica = await laptop.open();
  await settled(replica);
  expect((await replica.find('users')).map(({ id }) => id)).toContain(gone.id);

  laptop.unplug();
  await until(replica.syncState, ({ status }) => status === 'offline');
  const reply = await replica.writes.insert('saved_replies', {
    owner_id: mentor.id,
    kind: 'review',
    title: 'Written in the hills',
    body: 'Well done.',
  });
  await query('update users set is_deleted = true where id = $1', [gone.id]);
  // As if ninety days had passed twice: the first purge marks how far it will forget, the second forgets.
  const isForgotten = async (): Promise<boolean> => {
    for (const days of [0, 91, 182]) await query('select sync_purge(now() + make_interval(days => $1), 90)', [days]);
    return (await query('select from sync_rows where deleted')).length === 0;
  };
  await vi.waitFor(async () => expect(await isForgotten()).toBe(true), { timeout: 20_000, interval: 100 });

  laptop.plug();
  replica.syncNow();
  await settled(replica);
  const ids = (await replica.find('users')).map(({ id }) => id);
  expect(ids).toContain(kept.id);
  expect(ids).not.toContain(gone.id);
  expect(await query('select title from saved_replies where id = $1', [reply])).toEqual([
    { title: 'Written in the hills' },
  ]);
  expect((await replica.find('saved_replies')).map(({ id }) => id)).toEqual([reply]);
  expect(replica.problems.get()).toEqual([]);
});
