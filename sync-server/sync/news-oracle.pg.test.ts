import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asActor } from '../db/as-actor.ts';
import { startServer, type TestServer } from '../testing/api-client.ts';
import { createDice, createWorld, changeSomething, type World } from '../testing/oracle/world.ts';
import type { Person } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { pagesOf, type Page } from './delta.ts';
import type { Listener } from './feeder/listener.ts';
import type { SeenRow } from './frames.ts';
import { findNews, type Found } from './news.ts';
import { createReaders, type Readers } from './readers.ts';

/** `ORACLE_SEED` lives through another academy, and longer. */
const otherSeed = process.env['ORACLE_SEED'];
const seed = Number(otherSeed ?? 3);
const looks = otherSeed ? 150 : 40;

let database: TestDatabase;
let server: TestServer;
let world: World;
const dice = createDice(seed);

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  world = await createWorld(database.server, dice, 'correct horse battery');
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

test('what is handed out together is for each person, byte for byte, what the database gives that person', async () => {
  const { readers, streams } = everybodyListens();
  let since = await snapshotNow();
  let shared = 0;
  for (let look = 0; look < looks; look++) {
    const lived = [];
    for (let change = dice.int(3); change >= 0; change--)
      lived.push(await changeSomething(database.server, dice, world));
    const found = await findNews(server.deps, since, readers);
    for (const person of world.people) {
      const stream = streams.get(person.id)!;
      if (found.alone.includes(stream)) continue;
      shared += handedTo(found, stream).length;
      expect(handedTo(found, stream), `seed ${seed}, ${person.role} after ${lived.join(', ')}`).toEqual(
        await ownDelta(person, since),
      );
    }
    since = found.snapshot;
  }
  expect(shared).toBeGreaterThan(looks);
});

test('the comparison would show somebody who is taken for a reader of what is not theirs', async () => {
  const { readers, streams } = everybodyListens();
  const [student] = world.students as [Person];
  const since = await snapshotNow();
  await findNews(server.deps, since, readers);
  readers.know(student.id, ['all', 'staff', `u:${student.id}`]);
  const [other] = world.students.filter(({ id }) => id !== student.id) as [Person];
  await database.server.query("update users set full_name = 'Not for other students' where id = $1", [other.id]);
  const found = await findNews(server.deps, since, readers);
  expect(await ownDelta(student, since)).toEqual([]);
  expect(JSON.stringify(handedTo(found, streams.get(student.id)!))).toContain('Not for other students');
});

function everybodyListens(): { readers: Readers; streams: Map<string, Listener> } {
  const readers = createReaders();
  const streams = new Map(world.people.map((person) => [person.id, silent(person)]));
  for (const stream of streams.values()) readers.add(stream);
  return { readers, streams };
}

const silent = ({ id, role }: Person): Listener => ({
  userId: id,
  role,
  sessionId: randomUUID(),
  device: randomUUID(),
  id: randomUUID(),
  deliver: async () => undefined,
  take: () => undefined,
  pass: () => undefined,
  turn: () => 0,
  tend: () => undefined,
  bye: () => undefined,
  finished: Promise.resolve(),
});

async function snapshotNow(): Promise<string> {
  const { rows } = await database.server.query<{ now: string }>('select pg_current_snapshot()::text as now');
  return rows[0]!.now;
}

const handedTo = ({ shared }: Found, stream: Listener): Page[] =>
  shared.filter(({ listeners }) => listeners.includes(stream)).flatMap(({ news }) => inOrder(news.pages));

/** Asked as the person, under row-level security. */
async function ownDelta({ id, role }: Person, since: string): Promise<Page[]> {
  const { rows } = await asActor(database.people, { id, role }, (tx) =>
    tx.query<SeenRow>('select type, id, v, body from sync_delta($1) order by type, id', [since]),
  );
  return inOrder(pagesOf(rows));
}

/** Documents of a page come in any order. */
const inOrder = (pages: readonly Page[]): Page[] =>
  pages.map(({ family, docs }) => ({ family, docs: JSON.stringify(byName(JSON.parse(`[${docs}]`) as Doc[])) }));
type Doc = { type: string; id: string };
const byName = (docs: readonly Doc[]): Doc[] =>
  docs.toSorted((a, b) => `${a.type}|${a.id}`.localeCompare(`${b.type}|${b.id}`));
