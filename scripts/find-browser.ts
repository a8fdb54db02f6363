import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { runTool } from './run-tool.ts';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
];

/** A browser of the Chromium family: named by CHROMIUM_HOST_BROWSER, installed, or fetched by Playwright earlier. */
function installedBrowser(): string | undefined {
  return [process.env['CHROMIUM_HOST_BROWSER'] ?? '', ...places, chromium.executablePath()].find(
    (place) => place && existsSync(place),
  );
}

/** The browser for the tests. As root on Debian it is installed when missing; elsewhere the error names the command. */
export async function findBrowser(tell: (line: string) => void): Promise<string> {
  const found = installedBrowser();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    tell('No browser found: installing Chromium by apt-get (a few minutes) …');
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await runTool('apt-get', ['update', '-qq'], { env });
    const { output } = await runTool(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'],
      { env },
    );
    const installed = installedBrowser();
    if (installed) return installed;
    tell(output.trim().split('\n').slice(-5).join('\n'));
  }
  throw new Error('The journeys need a browser. Install one with: npx playwright install --with-deps chromium');
}
