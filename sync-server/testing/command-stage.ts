import { randomUUID } from 'node:crypto';
import { roles, type Role } from '#contract/roles.ts';
import { startServer, type Client, type TestServer, type TestServerOptions } from './api-client.ts';
import { createCompany, createPerson, type Person } from './people.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

export type CommandAnswer = { status: number; code?: string; data: Record<string, unknown> };

/** A company, one signed-in person of every role, and their commands. */
export type CommandStage = {
  database: TestDatabase;
  server: TestServer;
  people: Readonly<Record<Role, Person>>;
  clients: Readonly<Record<Role, Client>>;
  /** Calls a command as the person of this role, with a key of its own unless one is given. */
  command(role: Role, name: string, input?: object, key?: string): Promise<CommandAnswer>;
  rows<Row extends Record<string, unknown>>(statement: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
};

const password = 'a calm river at dawn';

export async function openCommandStage(options: TestServerOptions = {}): Promise<CommandStage> {
  const database = await createTestDatabase();
  await createCompany(database.server);
  const server = await startServer(database, options);
  const each = async <T>(make: (role: Role) => Promise<T>): Promise<Record<Role, T>> =>
    Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await make(role)]))) as Record<Role, T>;
  const people = await each((role) => createPerson(database.server, role, { password }));
  const clients = await each((role) => server.signIn(people[role].email, password));
  return {
    database,
    server,
    people,
    clients,
    async command(role, name, input = {}, key = randomUUID()) {
      const response = await clients[role].call('POST', `/functions/v1/${name}`, input, { 'idempotency-key': key });
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
