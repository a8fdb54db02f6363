/** `npm start`: see program.ts. The version is asked before anything is loaded that an older Node cannot read. */
import { requireNode24 } from './node-version.ts';

requireNode24();
const { runStart } = await import('./program.ts');
await runStart(process.argv.slice(2));
