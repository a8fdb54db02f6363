import type { Role } from '#contract/roles.ts';
import { startServer, type Client } from './api-client.ts';
import { createCompany, createCourse, createLesson, createModule, createPerson, type Person } from './people.ts';
import { createTestDatabase } from './test-database.ts';

const password = 'correct horse battery';

/** A server over a company without people, and what tests of replication fill it with. */
export type SyncStage = Awaited<ReturnType<typeof openSyncStage>>;

export async function openSyncStage() {
  const database = await createTestDatabase();
  const server = await startServer(database);
  await createCompany(database.server);
  return {
    database,
    server,
    person: (role: Role): Promise<Person> => createPerson(database.server, role, { password }),
    /** Signs in on a device of its own; `at` another server process. */
    signIn: ({ email }: Pick<Person, 'email'>, at = server): Promise<Client> => at.signIn(email, password),
    /** A course with one lesson. */
    async courseOfOne(): Promise<{ course: string; module: string; lesson: string }> {
      const course = await createCourse(database.server);
      const module = await createModule(database.server, course);
      return { course, module, lesson: await createLesson(database.server, module) };
    },
    async close(): Promise<void> {
      await server.close();
      await database.drop();
    },
  };
}
