import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../db/migrate.ts';
import { openPools, type Pools } from '../db/pools.ts';

const templateName = 'growth_template';

/** A migrated, empty database of one test file; both logins, as in production. */
export type TestDatabase = Omit<Pools, 'end'> & {
  /** Owner login of this database. */
  url: string;
  drop(): Promise<void>;
  /** Leaves it as it is, as something to copy; resolves to its name. */
  keep(): Promise<string>;
};

/**
 * Copies the migrated template: `const database = await createTestDatabase(); afterAll(() => database.drop());`.
 * `ownerUrl` is needed outside vitest only; `template` is another database to copy, which nobody may be using.
 */
export async function createTestDatabase(ownerUrl?: string, template = templateName): Promise<TestDatabase> {
  return copyTemplate(ownerUrl ?? (await ownerUrlOfThisRun()), template);
}

/** Asked for late: outside its own runner vitest cannot even be loaded. */
async function ownerUrlOfThisRun(): Promise<string> {
  const { inject } = await import('vitest');
  return inject('databaseUrl');
}

async function copyTemplate(ownerUrl: string, template: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runOnce(ownerUrl, `create database ${name} template ${template}`);
  const url = withDatabase(ownerUrl, name);
  const { end, ...pools } = await openPools({ databaseUrl: url, size: 8 });
  const drop = async () => {
    await end();
    await dropDatabase(ownerUrl, name);
  };
  const keep = async () => {
    await end();
    return name;
  };
  return { ...pools, url, drop, keep };
}

/**
 * A plain drop sends autovacuum away, which our login may not do by force; force sends away what a test left open. Each may meet
 * what the other is for, so they take turns.
 */
async function dropDatabase(ownerUrl: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(ownerUrl, `drop database ${name}${attempt % 2 === 0 ? ' with (force)' : ''}`);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (!['55006', '42501'].includes(code) || attempt === 10) throw error;
    }
  }
}

/** Migrates the database that the copies are made from. */
export async function buildTemplate(ownerUrl: string): Promise<void> {
  await runOnce(ownerUrl, `create database ${templateName}`);
  await migrate({ databaseUrl: withDatabase(ownerUrl, templateName) });
}

function withDatabase(ownerUrl: string, name: string): string {
  const url = new URL(ownerUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function runOnce(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
