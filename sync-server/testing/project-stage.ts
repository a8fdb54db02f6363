import { createHash, randomUUID } from 'node:crypto';
import { settleAccount } from '../features/identity/project/settle-account.job.ts';
import { startServer, type TestServer } from './api-client.ts';
import { openLine, type CuttableLine } from './cuttable-line.ts';
import { createCompany, createPerson, type Person } from './people.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import type { Role } from '#contract/roles.ts';

/**
 * Two servers of ours on two databases: `project` stands in for a Supabase project and keeps accounts and files, `academy` is the
 * server under test with `SUPABASE_URL`.
 */
export type ProjectStage = {
  project: TestServer;
  projectDatabase: TestDatabase;
  /** Between the two; cut, the project is away. */
  line: CuttableLine;
  academy: TestServer;
  database: TestDatabase;
  serviceKey: string;
  /** A person of the academy whose account the queue has brought to the project, with this password. */
  person(role: Role, password: string): Promise<Person>;
  /** Runs what is queued for the project, as the worker does; throws what it throws. */
  settle(): Promise<void>;
  close(): Promise<void>;
};

export async function openProjectStage(env: Record<string, string> = {}): Promise<ProjectStage> {
  const serviceKey = `service-${randomUUID()}`;
  const [projectDatabase, database] = [await createTestDatabase(), await createTestDatabase()];
  const hashed = { SERVICE_KEY_HASH: createHash('sha256').update(serviceKey).digest('hex') };
  const project = await startServer(projectDatabase, { env: hashed });
  const line = await openLine(project.url);
  await createCompany(database.server);
  const academy = await startServer(database, {
    env: {
      SUPABASE_URL: line.url,
      SUPABASE_SERVICE_KEY: serviceKey,
      SUPABASE_ISSUER: 'growth-os',
      SUPABASE_RECHECK_SECONDS: '1',
      ...hashed,
      ...env,
    },
  });
  const settle = async () => {
    const { rows } = await database.server.query<{ payload: { user_id: string } }>(
      `delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
       where t.id = j.task_id and t.identifier = 'identity.settle-account' returning j.payload`,
    );
    for (const { payload } of rows) await settleAccount.run(payload, academy.deps);
  };
  return {
    ...{ project, line, projectDatabase, academy, database, serviceKey, settle },
    async person(role, password) {
      const person = await createPerson(database.server, role);
      await settle();
      const told = await fetch(`${project.url}/auth/v1/admin/users/${person.id}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ password }),
      });
      if (!told.ok) throw new Error(await told.text());
      return person;
    },
    async close() {
      await academy.close();
      await line.close();
      await project.close();
      await database.drop();
      await projectDatabase.drop();
    },
  };
}
