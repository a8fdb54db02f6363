import { randomUUID } from 'node:crypto';
import { roles, type Role } from '#contract/roles.ts';
import { startServer, type Client, type TestServer, type TestServerOptions } from './api-client.ts';
import { createCompany, createPerson, type Person, type PersonOptions } from './people.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

export type CommandAnswer = { status: number; code?: string; data: Record<string, unknown> };
/** Somebody who is signed in. */
export type Caller = Person & { client: Client };

/** A company, one signed-in person of every role, and their commands. */
export type CommandStage = {
  database: TestDatabase;
  server: TestServer;
  people: Readonly<Record<Role, Person>>;
  clients: Readonly<Record<Role, Client>>;
  /** One more person, signed in. */
  join(role: Role, options?: PersonOptions): Promise<Caller>;
  /** Calls a command as the person of this role or as somebody who joined, with a key of its own unless one is given. */
  command(who: Role | Caller, name: string, input?: object, key?: string): Promise<CommandAnswer>;
  rows<Row extends Record<string, unknown>>(statement: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
};

const password = 'a calm river at dawn';

export async function openCommandStage(options: TestServerOptions = {}): Promise<CommandStage> {
  const database = await createTestDatabase();
  await createCompany(database.server);
  // Every call takes a second, so that nobody meets the limit of calls in a minute.
  let seconds = 0;
  const clock = { now: () => new Date(Date.now() + seconds * 1000) };
  const server = await startServer(database, { clock, ...options });
  const each = async <T>(make: (role: Role) => Promise<T>): Promise<Record<Role, T>> =>
    Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await make(role)]))) as Record<Role, T>;
  const people = await each((role) => createPerson(database.server, role, { password }));
  const clients = await each((role) => server.signIn(people[role].email, password));
  return {
    database,
    server,
    people,
    clients,
    async join(role, about = {}) {
      const person = await createPerson(database.server, role, { password, ...about });
      return { ...person, client: await server.signIn(person.email, password) };
    },
    async command(who, name, input = {}, key = randomUUID()) {
      seconds += 1;
      const client = typeof who === 'string' ? clients[who] : who.client;
      const response = await client.call('POST', `/functions/v1/${name}`, input, { 'idempotency-key': key });
      const body = (await response.json()) as { code?: string; data?: Record<string, unknown> };
      return { status: response.status, ...(body.code && { code: body.code }), data: body.data ?? {} };
    },
    async rows<Row extends Record<string, unknown>>(statement: string, values: unknown[] = []) {
      return (await database.server.query<Row>(statement, values)).rows;
    },
    async close() {
      await server.close();
      await database.drop();
    },
  };
}
