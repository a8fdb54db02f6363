import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { pino } from 'pino';
import { environment, readConfig, type Config } from '../config.ts';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrate } from '../db/migrate.ts';
import { openPools } from '../db/pools.ts';
import { seedDemo } from '../seed/index.ts';
import { describeListenError, serve } from '../serve.ts';
import { keepAccounts, randomPassword, readAccounts, type Account } from './accounts.ts';
import { forgetAcademy, type DataFolder } from './data-folder.ts';
import { keepDatabase, type LastingDatabase } from './lasting-database.ts';
import { openLogFile } from './log-file.ts';
import type { StartOptions } from './options.ts';
import { provideServiceKey } from './service-key.ts';
import { describeSetup } from './setup-link.ts';

export type Academy = {
  url: string;
  accounts: Account[];
  close(): Promise<void>;
};

type Database = { url: string; embedded?: LastingDatabase };
type Tell = (line: string) => void;

/** Database, schema, demo data and server of one data folder, in that order; what was started is stopped again on failure. */
export async function startAcademy(
  options: StartOptions,
  folder: DataFolder,
  projectFolder: string,
  tell: Tell,
): Promise<Academy> {
  const given = environment()['DATABASE_URL'];
  refuseContradictions(options, given);
  await requireFreePort(options.port);
  if (options.fresh) forgetAcademy(folder);
  const database = given ? { url: given } : await startOwnDatabase(folder, tell);
  const stopDatabase = async () => database.embedded?.stop();
  try {
    const config = configOf(options, folder, projectFolder, database);
    await migrate({ databaseUrl: config.DATABASE_URL, apiDatabaseUrl: config.API_DATABASE_URL });
    if (!given || options.demo) await seedOnce(options, folder, config, tell);
    const server = await serve(config, pino({ level: config.LOG_LEVEL }, openLogFile(folder.log, tell)), {
      api: true,
      worker: true,
    });
    const setup = await describeSetup(server.deps, config.PUBLIC_URL ?? server.url);
    if (setup) tell(setup);
    const close = () => server.close().finally(stopDatabase);
    return { url: config.PUBLIC_URL ?? server.url, accounts: readAccounts(folder.accounts) ?? [], close };
  } catch (error) {
    await stopDatabase();
    throw error;
  }
}

function refuseContradictions({ fresh, demo, serviceKeyFile }: StartOptions, databaseUrl: string | undefined): void {
  if (!databaseUrl) return;
  if (fresh) throw new Error('--fresh is refused while DATABASE_URL is set: that database is not ours to empty.');
  if (serviceKeyFile && !demo)
    throw new Error('--service-key is for demo academies. With DATABASE_URL, set SERVICE_KEY_HASH.');
}

/** Asked first: nobody should wait for a database and a seed to hear that the port is taken. */
async function requireFreePort(port: number): Promise<void> {
  const host = environment()['HOST'] || '127.0.0.1';
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
  } catch (error) {
    throw describeListenError(error, host, port);
  } finally {
    probe.close();
  }
}

/** A first run that was killed before its end left a half-filled academy: it is begun again. */
async function startOwnDatabase(folder: DataFolder, tell: Tell): Promise<Database> {
  if (!existsSync(folder.accounts) && existsSync(folder.postgres)) {
    tell('The last first start was not finished; beginning again.');
    forgetAcademy(folder);
  }
  const start = (port?: number) => startEmbeddedPostgres({ directory: folder.postgres, port });
  const embedded = await keepDatabase({ start, tell });
  return { url: embedded.url, embedded };
}

function configOf(options: StartOptions, folder: DataFolder, projectFolder: string, database: Database): Config {
  const { hash } = options.serviceKeyFile ? provideServiceKey(options.serviceKeyFile) : {};
  return readConfig({
    FILES_DIR: folder.files,
    WEB_DIR: path.join(projectFolder, 'out/renderer'),
    ...environment(),
    DATABASE_URL: database.url,
    // An embedded database has its own login for people, whatever the environment says about another one.
    ...(database.embedded && { API_DATABASE_URL: undefined }),
    ...(hash && { SERVICE_KEY_HASH: hash }),
    PORT: String(options.port),
  });
}

async function seedOnce(options: StartOptions, folder: DataFolder, config: Config, tell: Tell): Promise<void> {
  if (readAccounts(folder.accounts)) return;
  const pools = await openPools({ databaseUrl: config.DATABASE_URL, apiDatabaseUrl: config.API_DATABASE_URL, size: 4 });
  try {
    const { rows } = await pools.server.query<{ is_empty: boolean }>(
      'select not exists (select from users) as is_empty',
    );
    if (!rows[0]!.is_empty) throw new Error('--demo needs an empty database, and this one already holds people.');
    tell(`Making the demo academy (${options.students} students) …`);
    const { accounts } = await seedDemo(pools.server, {
      students: options.students,
      accountsPassword: randomPassword,
      filesDir: config.FILES_DIR,
      storage: config,
    });
    keepAccounts(folder.accounts, accounts);
  } finally {
    await pools.end();
  }
}
