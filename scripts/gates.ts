import { runTool } from './run-tool.ts';
import { tallyGate, type Tally } from './tally.ts';

/** A check that is green or red as a whole. */
export type Gate = { name: string; command: string; args: string[] };

/** Quick ones; the import boundaries are a test (`boundaries.test.ts`). */
export const fastGates: Gate[] = [
  { name: 'format', command: 'oxfmt', args: ['--check'] },
  { name: 'types', command: 'tsc', args: ['-b'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
];

/** Those that a clean install depends on, and the build that everything else is tried on. */
export const slowGates: Gate[] = [
  { name: 'lock file complete', command: 'node', args: ['scripts/fill-lock.mjs', '--check'] },
  { name: 'lock file installs', command: 'npm', args: ['ci', '--dry-run', '--ignore-scripts'] },
  { name: 'build', command: 'node', args: ['scripts/build.ts'] },
];

/** Runs them one after the other; a red one shows what it said and the rest still runs. */
export async function runGates(gates: Gate[]): Promise<Tally> {
  const total: Tally = { passed: 0, failed: 0 };
  for (const { name, command, args } of gates) {
    const { code, output, seconds } = await runTool(command, args);
    const { passed, failed } = tallyGate(code === 0);
    total.passed += passed;
    total.failed += failed;
    process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)\n`);
    if (code !== 0) process.stdout.write(`${output.trim()}\n\n`);
  }
  return total;
}
