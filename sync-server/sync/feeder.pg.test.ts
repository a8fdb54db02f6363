import { randomUUID } from 'node:crypto';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { PoolClient } from '../db/sql.ts';
import { startServer, type TestServer } from '../testing/api-client.ts';
import { listenIn } from '../testing/listen-in.ts';
import { createCompany, createCourse, createPerson, type Person } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { createFeeder, type Feeder } from './feeder/feeder.ts';
import type { Listener } from './feeder/listener.ts';
import type { News } from './news.ts';

let database: TestDatabase;
let server: TestServer;
let course: string;
let crowd: Person[];
const statements: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  listenIn(database.people, statements);
  listenIn(database.server, statements);
  server = await startServer(database);
  await createCompany(database.server);
  course = await createCourse(database.server);
  crowd = [];
  for (let at = 0; at < 200; at++) crowd.push(await createPerson(database.server, 'student'));
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

/** A stream without a network: it only takes note. */
type Taker = Listener & { taken: News[]; askedAlone: number };

function createTaker({ id, role }: Person): Taker {
  const taker: Taker = {
    userId: id,
    role,
    sessionId: randomUUID(),
    device: randomUUID(),
    id: randomUUID(),
    taken: [],
    askedAlone: 0,
    deliver: async () => void (taker.askedAlone += 1),
    take: (news) => void taker.taken.push(news),
    pass: () => undefined,
    turn: () => 0,
    tend: () => undefined,
    bye: () => undefined,
    finished: Promise.resolve(),
  };
  return taker;
}

/** The first so many listen, and what they read is known: those who have just joined are asked for alone at first. */
async function gather(feeder: Feeder, count: number): Promise<Taker[]> {
  const takers = crowd.slice(0, count).map(createTaker);
  for (const taker of takers) feeder.add(taker);
  await expect.poll(() => takers.every(({ askedAlone }) => askedAlone > 0)).toBe(true);
  const text = `Before it counts ${randomUUID()}`;
  await rewrite(text);
  await expect.poll(() => takers.every(isTold(text))).toBe(true);
  for (const taker of takers) taker.askedAlone = 0;
  return takers;
}

const rewrite = (text: string) =>
  database.server.query('update courses set description = $2 where id = $1', [course, text]);
const isTold =
  (text: string) =>
  ({ taken }: Taker): boolean =>
    taken.some(({ pages }) => pages.some(({ docs }) => docs.includes(text)));

/** Statements from a write until all have it, sessions left out, which are asked for by the clock. */
async function statementsFor(feeder: Feeder, takers: readonly Taker[], write: () => Promise<unknown>, text: string) {
  await write();
  statements.length = 0;
  feeder.herald().committed();
  await expect.poll(() => takers.every(isTold(text)), { interval: 1 }).toBe(true);
  const ran = statements.filter((name) => name === 'sync-news' || name === 'sync-delta' || name === 'sync-position');
  return { ran, askedAlone: takers.reduce((sum, { askedAlone }) => sum + askedAlone, 0) };
}

test.each([10, 200])(
  'a write that %i streams see is read by one statement, and the text is one for all',
  async (count) => {
    const feeder = createFeeder(server.deps);
    try {
      const takers = await gather(feeder, count);
      const { ran, askedAlone } = await statementsFor(feeder, takers, () => rewrite('For all'), 'For all');
      expect(ran).toEqual(['sync-news']);
      expect(askedAlone).toBe(0);
      const pages = new Set(takers.map(({ taken }) => taken.at(-1)!.pages));
      expect(pages.size).toBe(1);
    } finally {
      await feeder.close();
    }
  },
);

test('two hundred rows, each for another person, are read by one statement, and nobody gets another one’s', async () => {
  const feeder = createFeeder(server.deps);
  try {
    const takers = await gather(feeder, 200);
    const people = takers.map(({ userId }) => userId);
    const rename = () =>
      database.server.query("update users set full_name = 'Only ' || id where id = any($1)", [people]);
    const { ran, askedAlone } = await statementsFor(feeder, takers, rename, 'Only ');
    expect(ran).toEqual(['sync-news']);
    expect(askedAlone).toBe(0);
    for (const { userId, taken } of takers) {
      const text = JSON.stringify(taken.at(-1)!.pages);
      expect([...text.matchAll(/Only ([0-9a-f-]{36})/g)].map(([, id]) => id)).toEqual([userId]);
    }
  } finally {
    await feeder.close();
  }
});

test('two hundred idle streams ask for nothing but news, and now and then for ended sessions', async () => {
  const feeder = createFeeder(server.deps);
  try {
    await gather(feeder, 200);
    const count = (name: string): number => statements.filter((one) => one === name).length;
    await expect.poll(() => count('sync-live-sessions')).toBeGreaterThan(0);
    statements.length = 0;
    await expect.poll(() => count('sync-has-news'), { timeout: 10_000 }).toBe(6);
    expect(statements.filter((name) => name !== 'sync-has-news' && name !== 'sync-live-sessions')).toEqual([]);
    expect(count('sync-live-sessions')).toBeLessThan(2);
  } finally {
    await feeder.close();
  }
});

test('while very many are told, the process does other things in between', async () => {
  const feeder = createFeeder(server.deps);
  try {
    const takers = await gather(feeder, 200);
    let told = 0;
    let toldAtOnce = 0;
    let most = 0;
    for (const taker of takers) {
      const take = taker.take.bind(taker);
      taker.take = async (news, learned) => {
        // As long as a large frame takes.
        for (const until = performance.now() + 1; performance.now() < until;);
        told += 1;
        toldAtOnce += 1;
        most = Math.max(most, toldAtOnce);
        return take(news, learned);
      };
    }
    await rewrite('In slices');
    feeder.herald().committed();
    while (told < takers.length) {
      await turnOfLoop();
      toldAtOnce = 0;
    }
    expect(most).toBeLessThan(takers.length / 4);
  } finally {
    await feeder.close();
  }
});

test('the connection by which it listened may break after it was given up', async () => {
  const taken: PoolClient[] = [];
  // Its own queries take connections as well, by callback.
  const connect = async (then?: never) => {
    if (then) return void database.server.connect(then);
    const client = await database.server.connect();
    taken.push(client);
    return client;
  };
  const pool = Object.create(database.server, { connect: { value: connect } }) as typeof database.server;
  const feeder = createFeeder({ ...server.deps, server: pool });
  const listener = createTaker(crowd[0]!);
  feeder.add(listener);
  await expect
    .poll(() => taken.some((client) => client.listenerCount('notification') > 0), { timeout: 20_000 })
    .toBe(true);
  const ear = taken.find((client) => client.listenerCount('notification') > 0)!;
  feeder.remove(listener);
  expect(() => ear.emit('error', new Error('terminating connection'))).not.toThrow();
  await feeder.close();
});

test('a device in the midst of a long push is told when it is through, and others meanwhile', async () => {
  const feeder = createFeeder(server.deps);
  try {
    const takers = await gather(feeder, 2);
    const [writer, other] = takers as [Taker, Taker];
    await rewrite('First part');
    feeder.herald({ ...writer, more: true }).committed();
    await expect.poll(() => isTold('First part')(other)).toBe(true);
    expect(writer).toMatchObject({ askedAlone: 0 });
    expect(isTold('First part')(writer)).toBe(false);
    await rewrite('Last part');
    feeder.herald({ ...writer, more: false }).committed();
    await expect.poll(() => writer.askedAlone).toBe(1);
    // From there on it hears what everybody hears.
    await rewrite('Later');
    feeder.herald().committed();
    await expect.poll(() => takers.every(isTold('Later'))).toBe(true);
    expect(isTold('First part')(writer)).toBe(false);
  } finally {
    await feeder.close();
  }
});

test('one that is through while the others’ news are read is asked for alone: it stands further back than they do', async () => {
  const feeder = createFeeder(server.deps);
  try {
    const takers = await gather(feeder, 2);
    const [writer, other] = takers as [Taker, Taker];
    feeder.herald({ ...writer, more: true }).committed();
    await rewrite('While it writes');
    feeder.herald().committed();
    feeder.herald({ ...writer, more: false }).committed();
    await expect.poll(() => writer.askedAlone > 0 && isTold('While it writes')(other)).toBe(true);
    expect(isTold('While it writes')(writer)).toBe(false);
  } finally {
    await feeder.close();
  }
});

test('nor is it passed over when it gets through just before they are read', async () => {
  const feeder = createFeeder(server.deps);
  const ask = server.deps.server.query.bind(server.deps.server) as (...given: unknown[]) => unknown;
  const query = vi.spyOn(server.deps.server, 'query');
  try {
    const takers = await gather(feeder, 2);
    const [writer, other] = takers as [Taker, Taker];
    await rewrite('Told to others');
    feeder.herald({ ...writer, more: true }).committed();
    await expect.poll(() => isTold('Told to others')(other)).toBe(true);
    let isThrough = false;
    query.mockImplementation((async (statement: { name?: string }, ...given: unknown[]) => {
      if (statement.name === 'sync-has-news' && !isThrough) {
        isThrough = true;
        await rewrite('Found by looking');
        feeder.herald({ ...writer, more: false }).committed();
      }
      return ask(statement, ...given);
    }) as never);
    await expect.poll(() => writer.askedAlone > 0 && isTold('Found by looking')(other)).toBe(true);
    expect(isTold('Found by looking')(writer)).toBe(false);
  } finally {
    query.mockRestore();
    await feeder.close();
  }
});
