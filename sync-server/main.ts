/**
 * The server in production: `node sync-server/main.ts all|api|worker|migrate|setup-link|rotate-keys|rotate-receipt-keys`. Everything it needs to know comes from the
 * environment (config.ts); it seeds nothing and has no switches for tests.
 */
import { loadCompiled } from './start/compiled-code.ts';
import { requireNode24 } from './start/node-version.ts';
import { boundYoungMemory } from './start/young-memory.ts';

requireNode24();
boundYoungMemory();
// The permissions are declared at every start, and loaded for that by their path.
const [{ runCommand }] = await loadCompiled(() =>
  Promise.all([import('./commands.ts'), import('./permissions/generate.ts')]),
);
await runCommand(process.argv[2], process.argv.slice(3));
