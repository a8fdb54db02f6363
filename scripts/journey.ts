/** `npm run journey -- J2 [--json] [--break sync]`: plays one journey and says how every step went. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { journeys } from '../electron/e2e/journeys/index.ts';
import { stopSharedPostgres } from '../electron/e2e/support/academy.ts';
import { play } from '../electron/e2e/support/journey.ts';
import { findBrowser } from './find-browser.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, break: { type: 'string' } },
});
const journey = journeys.find(({ name }) => name.toLowerCase() === positionals[0]?.toLowerCase());
if (!journey || (values.break !== undefined && values.break !== 'sync')) {
  process.stderr.write(
    `usage: npm run journey -- NAME [--json] [--break sync]\nnames: ${journeys.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}
const tell = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
process.env.CHROMIUM_HOST_BROWSER = await findBrowser(tell);
const built = spawnSync(process.execPath, [path.join(import.meta.dirname, 'build.ts'), '--if-stale'], {
  stdio: ['ignore', 2, 2],
});
if (built.status !== 0) process.exit(1);

const { consoleErrors, axeFindings, ...result } = await play(journey, {
  breakSync: values.break === 'sync',
  onStep: ({ n, name, ok, error }) => tell(`${ok ? '✓' : '✗'} ${n} ${name}${error ? `\n${error}` : ''}`),
  onTrouble: async (stage) => {
    mkdirSync('test-results', { recursive: true });
    for (const device of stage.devices) {
      const file = path.join('test-results', `${journey.name}-${device.person}.png`);
      try {
        writeFileSync(file, await device.page.screenshot());
        tell(`  ${device.person}'s screen: ${file}`);
      } catch (error) {
        tell(`  ${device.person}'s screen cannot be shown: ${(error as Error).message}`);
      }
    }
  },
});
for (const finding of [...consoleErrors, ...axeFindings]) tell(`! ${finding}`);
await stopSharedPostgres();
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(result.failed === 0 && consoleErrors.length === 0 && axeFindings.length === 0 ? 0 : 1);
