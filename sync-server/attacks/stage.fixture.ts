import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { e2eIds, seedE2e } from '../seed/e2e.ts';
import { mainPeople } from '../seed/main-people.ts';
import { startServer, type Client, type TestServer, type TestServerOptions } from '../testing/api-client.ts';
import { assignMentor, coverCourse, createPerson, enrol, type Person } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

export const password = 'seven quiet mango trees';
export { e2eIds };

/**
 * The academy of the journeys behind a listening server, and two strangers to its people: Zain, a student of the same
 * course, and Hamid, who mentors nobody there.
 */
export type Stage = {
  database: TestDatabase;
  server: TestServer;
  /** A student of the same course whom Bilal does not mentor in person. */
  zain: Person;
  /** A mentor who covers the second course only. */
  hamid: Person;
  /** One new device of a person of the academy. */
  signIn(name: keyof typeof mainPeople | 'zain' | 'hamid', deviceId?: string): Promise<Client>;
  /** Rows as the server itself sees them. */
  rows<Row extends Record<string, unknown>>(statement: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
};

export async function openStage(options: TestServerOptions = {}): Promise<Stage> {
  const database = await createTestDatabase();
  const filesDir = await mkdtemp(join(tmpdir(), 'growth-os-attacks-'));
  await seedE2e(database.server, { password, filesDir });
  const server = await startServer(database, { ...options, env: { FILES_DIR: filesDir, ...options.env } });
  const zain = await createPerson(database.server, 'student', { full_name: 'Zain', password, phone: '+923009990001' });
  await enrol(database.server, zain.id, { course_id: e2eIds.c1 }, { total_amount: 7_654_321, amount_paid: 1_234_567 });
  const hamid = await createPerson(database.server, 'mentor', { full_name: 'Hamid', password });
  await coverCourse(database.server, hamid.id, e2eIds.c2);
  await assignMentor(database.server, hamid.id, zain.id);
  // The cost of a real password hash is other tests' subject; here many sign in many times.
  await database.server.query(
    'update user_credentials set password_hash = (select password_hash from user_credentials where user_id = $1)',
    [zain.id],
  );
  const emails = { ...mainPeople, zain, hamid };
  return {
    database,
    server,
    zain,
    hamid,
    signIn: (name, deviceId) => server.signIn(emails[name].email, password, deviceId),
    rows: async <Row extends Record<string, unknown>>(statement: string, values: unknown[] = []) =>
      (await database.server.query<Row>(statement, values)).rows,
    async close() {
      await server.close();
      await database.drop();
      await rm(filesDir, { recursive: true, force: true });
    },
  };
}
