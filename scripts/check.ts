/** `npm run check`: what is worth waiting for before a push. The same gates as in `npm test`, the tests that need no database. */
import { fastGates, runGates } from './gates.ts';
import { runVitest } from './suites.ts';
import { add } from './tally.ts';

const total = add(await runGates(fastGates), await runVitest(['unit', 'dom']));
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
