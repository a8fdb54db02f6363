import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { projectFolder, runTool } from './run-tool.ts';
import { add, tallyFile, tallyGate, tallyPlaywright, tallyVitest, type Tally } from './tally.ts';

const reports = path.join(projectFolder, '.cache/reports');

/** vitest's projects: `unit` and `dom` need nothing, `pg` starts its own Postgres. */
export async function runVitest(projects: string[]): Promise<Tally> {
  const file = freshReport(`vitest-${projects.join('-')}.json`);
  const selection = projects.flatMap((project) => ['--project', project]);
  const { code } = await runTool(
    'vitest',
    ['run', ...selection, '--silent=passed-only', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`],
    {
      isLoud: true,
    },
  );
  return tallyFile(file, code, tallyVitest);
}

/** Journeys through the built app, in the desktop shell and in the plain browser. */
export async function runPlaywright(browser: string): Promise<Tally> {
  const file = freshReport('playwright.json');
  // Playwright sets FORCE_COLOR for its workers, and Node complains where both are set.
  const env = { CHROMIUM_HOST_BROWSER: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: file, NO_COLOR: undefined };
  const { code } = await runTool('playwright', ['test', '--reporter=line,json'], { isLoud: true, env });
  return tallyFile(file, code, tallyPlaywright);
}

/**
 * The simulator in short: two fixed seeds that must pass, and a planted mistake that it must find, without which its silence says
 * nothing. A seed that fails is printed, with what it found.
 */
export async function runSimulation(): Promise<Tally> {
  const simulate = (...more: string[]) =>
    runTool('node', ['scripts/simulate.ts', '--clients', '3', '--ops', '60', '--no-shrink', ...more], { isLoud: true });
  const seeds = await simulate('--from', '1', '--seeds', '2');
  const planted = await simulate('--from', '1', '--seeds', '2', '--plant', 'tombstone-dropped');
  return add(tallyGate(seeds.code === 0), tallyGate(planted.code === 1 && planted.output.includes('"ok":false')));
}

/** An old report must not pass for the one of a run that wrote none. */
function freshReport(name: string): string {
  mkdirSync(reports, { recursive: true });
  const file = path.join(reports, name);
  rmSync(file, { force: true });
  return file;
}
