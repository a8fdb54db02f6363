import { randomUUID } from 'node:crypto';
import type { Role } from '#contract/roles.ts';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import {
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  type Person,
} from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

export const password = 'a calm river at dawn';
const minute = 60_000;

export type Answer<T = Record<string, unknown>> = {
  status: number;
  code: string | undefined;
  data: T;
  details: Record<string, unknown> | undefined;
};

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** An academy with one course and one member of every role, and a clock that can be moved. */
export async function openStage() {
  const database: TestDatabase = await createTestDatabase();
  let skew = 0;
  const server: TestServer = await startServer(database, { clock: { now: () => new Date(Date.now() + skew) } });
  await createCompany(database.server);
  const course = await createCourse(database.server, { price: 300_000, title: 'Store in a month' });
  const module = await createModule(database.server, course);
  const lessons = [await createLesson(database.server, module), await createLesson(database.server, module)];
  const staff = Object.fromEntries(
    await Promise.all(
      (['superadmin', 'admin', 'enrollment_manager', 'mentor', 'student'] as const).map(async (role) => [
        role,
        await createPerson(database.server, role, { password }),
      ]),
    ),
  ) as Record<Role, Person>;
  const clients = new Map<string, Client>();

  /** Signed in once; each person has a rate limit of their own. */
  const clientOf = async (person: Person): Promise<Client> => {
    const known = clients.get(person.id);
    if (known) return known;
    const client = await server.signIn(person.email, password);
    clients.set(person.id, client);
    return client;
  };
  return {
    database,
    server,
    course,
    lessons,
    staff,
    clientOf,
    /** Lets time go by; access tokens end meanwhile, so everybody signs in again. */
    pass(minutes: number) {
      skew += minutes * minute;
      clients.clear();
    },
    rows: async <Row extends Record<string, unknown>>(statement: string, values: unknown[] = []): Promise<Row[]> =>
      (await database.server.query<Row>(statement, values)).rows,
    person: (role: Role, options: Parameters<typeof createPerson>[2] = {}) =>
      createPerson(database.server, role, { password, ...options }),
    /** Calls a command as this person; `key` repeats a call. */
    async command<T = Record<string, unknown>>(
      who: Role | Person,
      name: string,
      input: unknown,
      key: string = randomUUID(),
    ): Promise<Answer<T>> {
      const person = typeof who === 'string' ? staff[who] : who;
      const { call } = await clientOf(person);
      const response = await call('POST', `/functions/v1/${name}`, input, { 'idempotency-key': key });
      const body = (await response.json()) as { data: T; code?: string; details?: Record<string, unknown> };
      return { status: response.status, code: body.code, data: body.data, details: body.details };
    },
    async close() {
      await server.close();
      await database.drop();
    },
  };
}
