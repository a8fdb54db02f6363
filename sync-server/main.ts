/**
 * The server in production: `node sync-server/main.ts all|api|worker|migrate|setup-link|rotate-keys|rotate-receipt-keys`. Everything it needs to know comes from the
 * environment (config.ts); it seeds nothing and has no switches for tests.
 */
import { requireNode24 } from './start/node-version.ts';
import { boundYoungMemory } from './start/young-memory.ts';

requireNode24();
boundYoungMemory();
const { runCommand } = await import('./commands.ts');
await runCommand(process.argv[2], process.argv.slice(3));
