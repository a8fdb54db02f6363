/**
 * `npm run shots -- [--json] [--out DIR] [--only TEXT]`: every screen of every role, and the moments that something must happen for
 * (a conflict, a wipe, an app too old), in light, dark and a small window, as pictures to look at, with what the console and axe
 * had to say about each. `--only` names screens by a part of their path and moments by a part of their name.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { chromium } from 'playwright';
import { stopSharedPostgres } from '../electron/e2e/support/academy.ts';
import { findBrowser } from './find-browser.ts';
import { createCamera } from './shots/camera.ts';
import { lookAtMoments } from './shots/moments.ts';
import { readShotOptions } from './shots/options.ts';
import { lookAtScreens } from './shots/screens.ts';

const { json, out, only } = readShotOptions(process.argv.slice(2));
const tell = (line: string): void => void (json ? process.stderr : process.stdout).write(`${line}\n`);
const built = spawnSync(process.execPath, [path.join(import.meta.dirname, 'build.ts'), '--if-stale'], {
  stdio: ['ignore', 2, 2],
});
if (built.status !== 0) process.exit(1);

const camera = createCamera({ out, tell });
const browser = await chromium.launch({
  executablePath: await findBrowser(tell),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  await lookAtMoments(browser, camera, only);
  await lookAtScreens(browser, camera, only);
} finally {
  await browser.close();
  await stopSharedPostgres();
}
process.stdout.write(`${JSON.stringify(camera.counts)}\n`);
process.exit(camera.counts.console_errors + camera.counts.axe_serious === 0 ? 0 : 1);
