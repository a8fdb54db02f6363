import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles, type Role } from '#contract/roles.ts';
import { commandsOf } from '../http/commands.ts';
import { declarationOf } from '../matrix/commands.ts';
import { startServer, type Client, type TestServer } from '../testing/api-client.ts';
import { createPerson } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

/** Session, then role, then input: whoever may not call a command hears so, whatever was sent. */

const password = 'seven quiet mango trees';
/** What no command takes. Broken JSON shows that the body is not even read. */
const unfit: Record<string, string> = {
  'an unknown field': '{"surely_no_field":true}',
  'a list': '[1,2,3]',
  'broken JSON': '{"student',
};

let database: TestDatabase;
let server: TestServer;
let forwardMs = 0;
const clients = new Map<Role, Client>();
beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, { clock: { now: () => new Date(Date.now() + forwardMs) } });
  for (const role of roles) {
    const { email } = await createPerson(database.server, role, { password });
    clients.set(role, await server.signIn(email, password));
  }
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

async function call(name: string, body: string, caller: Role | 'nobody'): Promise<string> {
  const token = caller === 'nobody' ? null : clients.get(caller)!.session.access_token;
  const response = await fetch(`${server.url}/functions/v1/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body,
  });
  const { code } = (await response.json()) as { code?: string };
  // Calling often is no subject here.
  if (response.status === 429) {
    forwardMs += 61_000;
    return call(name, body, caller);
  }
  return `${response.status} ${code}`;
}

const commandNames = () => commandsOf(server.app).map(({ name }) => name);

test('input that fits nothing is named to those who may call, so that the next tests can fail', async () => {
  const answers = new Map<string, string>();
  for (const name of commandNames()) {
    const [role] = declarationOf(name).roles;
    answers.set(name, await call(name, unfit['an unknown field']!, role!));
  }
  expect(answers.size).toBeGreaterThan(100);
  expect([...answers].filter(([, answer]) => answer !== '422 INVALID_INPUT')).toEqual([]);
});

test.each(Object.keys(unfit))(
  '%s: the role is asked first, at every command, by every role that may not',
  async (kind) => {
    const told: string[] = [];
    let asked = 0;
    for (const name of commandNames())
      for (const role of roles) {
        if (declarationOf(name).roles.has(role)) continue;
        asked += 1;
        const answer = await call(name, unfit[kind]!, role);
        if (answer !== '403 PERMISSION_DENIED') told.push(`${name} · ${role}: ${answer}`);
      }
    expect(asked).toBeGreaterThan(200);
    expect(told).toEqual([]);
  },
);

test.each(Object.keys(unfit))('%s: without a session nothing else is said', async (kind) => {
  const told: string[] = [];
  for (const name of commandNames()) {
    const answer = await call(name, unfit[kind]!, 'nobody');
    if (answer !== '401 AUTH_REQUIRED') told.push(`${name}: ${answer}`);
  }
  expect(told).toEqual([]);
});

test('the API document names the roles that the declaration gives to each command', async () => {
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, { post: { 'x-roles'?: Role[] } }>;
  };
  const inDocument = (name: string) => [...(document.paths[`/functions/v1/${name}`]!.post['x-roles'] ?? [])].toSorted();
  expect(Object.fromEntries(commandNames().map((name) => [name, inDocument(name)]))).toEqual(
    Object.fromEntries(commandNames().map((name) => [name, [...declarationOf(name).roles].toSorted()])),
  );
});
