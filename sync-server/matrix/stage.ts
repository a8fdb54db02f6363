import { roles, type Role } from '#contract/roles.ts';
import type { Pool } from '../db/sql.ts';
import { insertRow, type NewRow } from '../seed/insert-rows.ts';
import { startServer, type Client, type TestServer } from '../testing/api-client.ts';
import { createDice, createWorld, type World } from '../testing/oracle/world.ts';
import type { Person } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { readCatalogue, type Table } from './catalogue.ts';
import { fillEmptyTables } from './fill-empty-tables.ts';
import { openLiveRows } from './live-rows.ts';
import { giveOwnRows } from './own-rows.ts';
import { setRowsAside } from './set-rows-aside.ts';
import { addStageRows } from './stage-rows.ts';

const password = 'seven quiet mango trees';

/** A full academy behind a listening server, with several people of every role. */
export type MatrixStage = {
  database: TestDatabase;
  server: TestServer;
  world: World;
  /** The server's login for whom deleted rows do not exist. */
  live: Pool;
  catalogue: ReadonlyMap<string, Table>;
  /** The clock of the server; moved by those who would otherwise call too often. */
  clock: { now: () => Date; forwardMs: number };
  /** Everybody of a role; the first is the one who writes. */
  of(role: Role): readonly [Person, ...Person[]];
  /** The person who writes for a role. */
  person(role: Role): Person;
  /** Somebody else of a role (default: of a student), who is not `me`. */
  somebodyElse(me: Person, role?: Role): Person;
  /** A signed-in device of a person, one each. */
  client(person: Person): Promise<Client>;
  /** Signs a person in anew, where the clock has outrun the session. */
  signInAgain(person: Person): Promise<Client>;
  /** Inserts a row as the server itself. */
  insert(table: string, row: NewRow): Promise<string>;
  /** Rows as the server itself sees them. */
  rows<R extends Record<string, unknown>>(statement: string, values?: unknown[]): Promise<R[]>;
  close(): Promise<void>;
};

/** `ownerUrl` is needed outside vitest only. The academy is the random one of `seed`. */
export async function openMatrixStage({ seed, ownerUrl }: { seed: number; ownerUrl?: string }): Promise<MatrixStage> {
  const database = await createTestDatabase(ownerUrl);
  const db: Pool = database.server;
  const world = await createWorld(db, createDice(seed), password);
  const catalogue = await readCatalogue(db);
  await addStageRows(db, world);
  await fillEmptyTables(db, catalogue);
  await setRowsAside(db, catalogue);
  await giveOwnRows(db, catalogue, world.people);
  // A push notes when its person was last active, in steps: with all noted ahead, the note moves no row that must stand still.
  await db.query("update users set last_active_at = now() + interval '1 day'");
  const live = await openLiveRows(db, database.url, catalogue);
  const clock = { forwardMs: 0, now: () => new Date(Date.now() + clock.forwardMs) };
  const server = await startServer(database, { clock });
  const clients = new Map<string, Promise<Client>>();
  const byRole = new Map(roles.map((role) => [role, world.people.filter((one) => one.role === role)]));
  const of: MatrixStage['of'] = (role) => {
    const [first, ...others] = byRole.get(role) ?? [];
    if (!first) throw new Error(`The academy has nobody of the role ${role}`);
    return [first, ...others];
  };
  const signInAgain: MatrixStage['signInAgain'] = (person) => {
    const client = server.signIn(person.email, password);
    clients.set(person.id, client);
    return client;
  };
  return {
    database,
    server,
    world,
    live,
    catalogue,
    clock,
    of,
    person: (role) => of(role)[0],
    somebodyElse: (me, role = 'student') => of(role).find(({ id }) => id !== me.id)!,
    client: (person) => clients.get(person.id) ?? signInAgain(person),
    signInAgain,
    insert: (table, row) => insertRow(db, table, row),
    rows: async <R extends Record<string, unknown>>(statement: string, values: unknown[] = []) =>
      (await db.query<R>(statement, values)).rows,
    async close() {
      await server.close();
      await live.end();
      await database.drop();
    },
  };
}
