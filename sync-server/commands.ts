import closeWithGrace from 'close-with-grace';
import { pino, type Logger } from 'pino';
import { environment, readConfig, type Config } from './config.ts';
import { migrate } from './db/migrate.ts';
import { serve, type Parts } from './serve.ts';

const parts: Record<string, Parts> = {
  all: { api: true, worker: true },
  api: { api: true, worker: false },
  worker: { api: false, worker: true },
};

/** `migrate` ends when the database is up to date; the others migrate first and run until they are told to stop. */
export async function runCommand(command = ''): Promise<void> {
  const wanted = parts[command];
  if (!wanted && command !== 'migrate') return fail('Usage: node sync-server/main.ts all|api|worker|migrate');
  try {
    const config = readConfig(environment());
    const log = pino({ level: config.LOG_LEVEL });
    await migrateLogged(config, log);
    if (wanted) await runUntilStopped(config, log, wanted);
  } catch (error) {
    fail((error as Error).message);
  }
}

async function migrateLogged(config: Config, log: Logger): Promise<void> {
  const { applied } = await migrate({ databaseUrl: config.DATABASE_URL, apiDatabaseUrl: config.API_DATABASE_URL });
  log.info({ applied }, 'the database is up to date');
}

async function runUntilStopped(config: Config, log: Logger, wanted: Parts): Promise<void> {
  const server = await serve(config, log, wanted);
  log.info({ url: server.url || undefined, ...wanted }, 'ready');
  closeWithGrace({ delay: 15_000, logger: log }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'stopping after an error that nobody handled');
    else log.info({ signal }, 'stopping');
    await server.close();
  });
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
