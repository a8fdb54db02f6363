/** `npm test`: every gate, every test, and one last line `N passed, N failed`. */
import { findBrowser } from './find-browser.ts';
import { fastGates, runGates, slowGates } from './gates.ts';
import { runPlaywright, runSimulation, runVitest } from './suites.ts';
import { add, type Tally } from './tally.ts';

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

/** Without a browser the journeys are one failure, named; everything else is still worth knowing. */
async function runJourneys(): Promise<Tally> {
  try {
    return await runPlaywright(await findBrowser(tell));
  } catch (error) {
    tell(`FAIL journeys: ${(error as Error).message}`);
    return { passed: 0, failed: 1 };
  }
}

const started = performance.now();
let total = await runGates([...fastGates, ...slowGates]);
for (const part of [() => runVitest(['unit', 'pg', 'dom']), runSimulation, runJourneys])
  total = add(total, await part());
tell(`\n${Math.round((performance.now() - started) / 1000)} s`);
tell(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
