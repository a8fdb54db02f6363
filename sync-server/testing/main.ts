/**
 * The server as tests start it: the product's own program on a database that is handed to it, seeded with the small academy
 * (or, with E2E_SEED=demo, the demo academy) when that database is empty. Test-only doors live here and nowhere else; `main.ts` knows none of them.
 * Prints one line when ready: `{"url": …}`. Ends when its standard input closes, so that no test leaves one behind.
 */
import { flushCompileCache } from 'node:module';
import { pino } from 'pino';
import { environment, readConfig } from '../config.ts';
import { openPools } from '../db/pools.ts';
import { seedE2e } from '../seed/e2e.ts';
import { seedDemo } from '../seed/index.ts';
import { serve } from '../serve.ts';

const env = environment();
const config = readConfig({ LOG_LEVEL: 'warn', ...env });
const password = env['E2E_PASSWORD'];
if (!password) throw new Error('E2E_PASSWORD is missing: this program is for tests');

const pools = await openPools({ databaseUrl: config.DATABASE_URL, apiDatabaseUrl: config.API_DATABASE_URL, size: 4 });
try {
  const { rows } = await pools.server.query<{ is_empty: boolean }>('select not exists (select from users) as is_empty');
  const filesDir = config.FILES_DIR;
  if (rows[0]?.is_empty && env['E2E_SEED'] === 'demo')
    await seedDemo(pools.server, { students: 40, accountsPassword: () => password, filesDir });
  else if (rows[0]?.is_empty) await seedE2e(pools.server, { password, filesDir });
} finally {
  await pools.end();
}
const server = await serve(config, pino({ level: config.LOG_LEVEL }, process.stderr), { api: true, worker: true });
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
// Those who start many of these give them a cache (NODE_COMPILE_CACHE); most are killed before they would leave anything in it.
flushCompileCache();
process.stdin.resume();
process.stdin.once('end', () => void server.close().then(() => process.exit(0)));
