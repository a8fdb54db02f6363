/**
 * The real sync server over a real Postgres, for the one test that runs both halves together. Reached by a computed import, so
 * that the renderer's build and its compiler never see the server's code; the shapes below are what the test uses of it.
 */
export type RealServer = {
  url: string;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  people: {
    createCompany(db: unknown, settings?: object): Promise<string>;
    createPerson(db: unknown, role: string, options: object): Promise<{ id: string; email: string }>;
    createCourse(db: unknown, row?: object): Promise<string>;
    createModule(db: unknown, courseId: string, row?: object): Promise<string>;
    createLesson(db: unknown, moduleId: string, row?: object): Promise<string>;
    createAssignment(db: unknown, lessonId: string, row?: object): Promise<string>;
    enrol(db: unknown, studentId: string, target: object): Promise<string>;
    assignMentor(db: unknown, mentorId: string, studentId: string): Promise<string>;
    coverCourse(db: unknown, mentorId: string, courseId: string): Promise<string>;
    openLesson(db: unknown, studentId: string, lessonId: string): Promise<string>;
  };
  db: unknown;
  close(): Promise<void>;
};

type Module = Record<string, (...args: never[]) => unknown>;
type Database = {
  server: { query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }> };
  drop(): Promise<void>;
};

const load = (file: string): Promise<Module> =>
  import(/* @vite-ignore */ new URL(`../../sync-server/testing/${file}`, import.meta.url).href) as Promise<Module>;

export async function startRealServer(): Promise<RealServer> {
  const [databases, servers, people] = await Promise.all([
    load('test-database.ts'),
    load('api-client.ts'),
    load('people.ts'),
  ]);
  const database = (await databases.createTestDatabase?.()) as Database;
  const server = (await servers.startServer?.(database as never)) as { url: string; close(): Promise<void> };
  return {
    url: server.url,
    query: async (text, values) => (await database.server.query(text, values)).rows,
    people: people as unknown as RealServer['people'],
    db: database.server,
    async close() {
      await server.close();
      await database.drop();
    },
  };
}
