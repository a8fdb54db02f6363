import closeWithGrace from 'close-with-grace';
import { pino, type Logger } from 'pino';
import { environment, readConfig, type Config } from './config.ts';
import { migrate } from './db/migrate.ts';
import { openPools } from './db/pools.ts';
import type { Pool } from './db/sql.ts';
import { isOutage } from './http/outages.ts';
import { rotateSigningKeys } from './http/signing-keys.ts';
import { addressOf, serve, type Parts } from './serve.ts';
import { logTo } from './start/log-file.ts';
import { describeSetup } from './start/setup-link.ts';
import { rotateDeviceKeys } from './sync/device-keys.ts';

const parts: Record<string, Parts> = {
  all: { api: true, worker: true },
  api: { api: true, worker: false },
  worker: { api: false, worker: true },
};

/** Short work on a migrated database: prints what the operator needs to know and ends. */
const errands: Record<string, (config: Config, server: Pool, args: readonly string[]) => Promise<string>> = {
  'rotate-keys': async (config, server, args) => {
    if (config.SUPABASE_URL) return `Access tokens are signed by ${config.SUPABASE_URL}: rotate its keys there.`;
    const kid = await rotateSigningKeys(server, { atOnce: args.includes('--at-once') });
    await rotateDeviceKeys(server);
    await rotateDeviceKeys(server);
    return `Access tokens are signed with the key ${kid} from now on; every process knows it within half a minute.`;
  },
  'rotate-receipt-keys': async (_, server) => {
    const kid = await rotateSigningKeys(server, { purpose: 'evidence' });
    return `Receipts are signed with the key ${kid} from now on; those of earlier keys can be verified as before.`;
  },
  'setup-link': async (config, server) =>
    (await describeSetup(
      { server, clock: { now: () => new Date() } },
      config.PUBLIC_URL ?? addressOf(config.HOST, config.PORT),
    )) ?? 'There are accounts already: nothing is left to set up.',
};

const usage = `Usage: node sync-server/main.ts all|api|worker|migrate|setup-link|rotate-keys [--at-once]|rotate-receipt-keys`;

/** `migrate` and the errands end when they are done; the others migrate first and run until they are told to stop. */
export async function runCommand(command = '', args: readonly string[] = []): Promise<void> {
  const wanted = parts[command];
  const errand = errands[command];
  if (!wanted && !errand && command !== 'migrate') return fail(usage);
  let database = '';
  try {
    const config = readConfig(environment());
    database = new URL(config.DATABASE_URL).host || 'this machine';
    const log = pino({ level: config.LOG_LEVEL }, logTo(1, 'The log', tell));
    if (errand) return await runErrand(config, (server) => errand(config, server, args));
    await migrateLogged(config, log);
    if (wanted) await runUntilStopped(config, log, wanted);
  } catch (error) {
    fail(describeFailure(error as Error, database));
  }
}

/** A database that is away is named, since its own words name nobody; a supervisor starts the program again. */
function describeFailure(error: Error, database: string): string {
  const reason = [error, error.cause].find(isOutage);
  return reason ? `The database at ${database} cannot be used now: ${reason.message}` : error.message;
}

async function runErrand(config: Config, errand: (server: Pool) => Promise<string>): Promise<void> {
  const pools = await openPools({ databaseUrl: config.DATABASE_URL, apiDatabaseUrl: config.API_DATABASE_URL, size: 2 });
  try {
    process.stdout.write(`${await errand(pools.server)}\n`);
  } finally {
    await pools.end();
  }
}

async function migrateLogged(config: Config, log: Logger): Promise<void> {
  const { applied } = await migrate({ databaseUrl: config.DATABASE_URL, apiDatabaseUrl: config.API_DATABASE_URL });
  log.info({ applied }, 'the database is up to date');
}

async function runUntilStopped(config: Config, log: Logger, wanted: Parts): Promise<void> {
  const server = await serve(config, log, wanted);
  closeWithGrace({ delay: 15_000 + config.DRAIN_SECONDS * 1000, logger: log }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'stopping after an error that nobody handled');
    else log.info({ signal }, 'stopping');
    await server.close();
  });
  // Beside the log, not in it: the link opens the house.
  const setup = wanted.api && (await describeSetup(server.deps, config.PUBLIC_URL ?? server.url));
  if (setup) process.stderr.write(`${setup}\n`);
  // Said last: who reads it may stop the program at once.
  log.info({ url: server.url || undefined, ...wanted }, 'ready');
}

/** Beside the log. Where nobody takes this either it is lost. */
function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function fail(sentence: string): void {
  tell(sentence);
  process.exitCode = 1;
}
