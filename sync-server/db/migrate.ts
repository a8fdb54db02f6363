import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runMigrations as migrateJobs, Logger as JobLogger } from 'graphile-worker';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { declareToday, listSql } from './declare.ts';
import { apiRole, deriveKey, hashServerKey, openPool } from './pools.ts';
import type { Pool, PoolClient } from './sql.ts';

/** Any number that no other program of this database uses for its own advisory lock. */
const migrationLock = 7_461_002_117;

export type MigrateOptions = {
  databaseUrl: string;
  /** Left out: the login `growth_api` gets the derived password. Given: the operator keeps that login. */
  apiDatabaseUrl?: string;
};

/**
 * Brings a database to this version: numbered migrations that it lacks, the tables of the job queue, then today's policies,
 * functions, triggers and views in one transaction (unless they stand already), then the login for people. Several processes may call it at once.
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const pool = openPool(options.databaseUrl, 4);
  try {
    const lock = await pool.connect();
    try {
      await lock.query('select pg_advisory_lock($1)', [migrationLock]);
      const applied = await runNumberedMigrations(pool);
      await migrateJobs({ pgPool: pool, logger: new JobLogger(() => () => undefined) });
      await declareToday(lock);
      await prepareLogin(lock, options);
      return { applied };
    } finally {
      // The lock belongs to the session and goes with it.
      lock.release(true);
    }
  } finally {
    await pool.end();
  }
}

/** Numbered migrations of this version that the database lacks; it may have more, of a newer version beside this one. */
export async function missingMigrations(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>('select name from kysely_migration');
  const done = new Set(rows.map(({ name }) => name));
  return (await (known ??= listMigrations())).filter((name) => !done.has(name));
}

let known: Promise<string[]> | undefined;
const migrationOf = (file: string): string => path.basename(file, '.sql');
const listMigrations = async (): Promise<string[]> => (await listSql('migrations')).map(migrationOf);

async function runNumberedMigrations(pool: Pool): Promise<string[]> {
  // Never destroyed: that would end our pool, which `migrate` closes.
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (!error) return results.map((result) => result.migrationName);
  const failed = results.find((result) => result.status === 'Error');
  throw new Error(`Migration ${failed?.migrationName ?? '(none)'} failed: ${(error as Error).message}`, {
    cause: error,
  });
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const file of await listSql('migrations')) {
    const text = await readFile(file, 'utf8');
    migrations[migrationOf(file)] = { up: async (db) => void (await sql.raw(text).execute(db)) };
  }
  return migrations;
}

/** The login that serves people: no rights of its own, may become each app role, is no member of the owner. */
async function prepareLogin(client: PoolClient, { apiDatabaseUrl }: MigrateOptions): Promise<void> {
  await client.query("insert into server_secrets (name, value) values ('root', $1) on conflict do nothing", [
    randomBytes(32).toString('hex'),
  ]);
  const { rows } = await client.query<{ value: string }>("select value from server_secrets where name = 'root'");
  const root = rows[0]!.value;
  await client.query(
    `insert into server_secrets (name, value) values ('server_key_sha256', $1) on conflict (name) do update set value = excluded.value`,
    [hashServerKey(deriveKey(root, 'server key'))],
  );
  if (apiDatabaseUrl) return;
  const password = client.escapeLiteral(deriveKey(root, 'api password'));
  await retryRace(() => client.query(ensureLogin));
  await retryRace(() => client.query(`alter role ${apiRole} with login noinherit password ${password}`));
}

const ensureLogin = `do $$ begin
  if not exists (select from pg_roles where rolname = '${apiRole}') then
    create role ${apiRole} login noinherit;
  end if;
  grant app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin, app_anon to ${apiRole};
  alter role ${apiRole} set idle_in_transaction_session_timeout = '30s';
  alter role ${apiRole} set statement_timeout = '30s';
  -- What people ask for lies in memory: walking a small table whole for each row that names it costs more than its index.
  alter role ${apiRole} set random_page_cost = 1.1;
end $$`;

/** Roles belong to the whole cluster, so another database's migration may touch the same row at the same moment. */
async function retryRace<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const { code = '', message } = error as Error & { code?: string };
      const isRace = ['42710', '23505', '40001'].includes(code) || message.includes('concurrently updated');
      if (!isRace || attempt === 10) throw error;
    }
  }
}
