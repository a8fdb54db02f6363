import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../../testing/api-client.ts';
import { createPerson } from '../../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../../testing/test-database.ts';
import { forgetEnded } from './forget-ended.job.ts';

const password = 'a calm river at dawn';
const day = 86_400_000;
let database: TestDatabase;
let server: TestServer;
let skewMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, { clock: { now: () => new Date(Date.now() + skewMs) } });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const count = async (table: string): Promise<number> =>
  (await database.server.query<{ count: number }>(`select count(*)::int as count from ${table}`)).rows[0]!.count;

test('a session in use survives with its live tokens; ended ones and old counts go', async () => {
  const person = await createPerson(database.server, 'student', { password });
  const { supabase } = await server.signIn(person.email, password);
  const ended = await server.signIn(person.email, password);
  await ended.supabase.auth.signOut({ scope: 'local' });
  await expect(server.signIn(person.email, 'wrong')).rejects.toThrow();
  for (let i = 1; i <= 4; i++) {
    skewMs = i * 25 * day;
    expect((await supabase.auth.refreshSession()).error).toBeNull();
  }
  expect([await count('auth_sessions'), await count('refresh_tokens'), await count('sign_in_attempts')]).toEqual([
    2, 6, 4,
  ]);

  await forgetEnded.run({}, server.deps);
  expect([await count('auth_sessions'), await count('refresh_tokens'), await count('sign_in_attempts')]).toEqual([
    1, 4, 0,
  ]);
  expect((await supabase.auth.refreshSession()).error).toBeNull();
});
