import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { _electron, type ConsoleMessage, type ElectronApplication, type Page } from 'playwright';
import { appFolder } from './app-folder.ts';

const isReal = process.env.ELECTRON_REAL === '1';

/**
 * Console lines that are the cut network itself and not a fault of the page. Chromium also words a connection that was reset
 * before its local-network check as a refused permission.
 */
const networkNoise =
  /Failed to load resource|net::ERR_|ERR_CONNECTION|Failed to fetch|Permission was denied for this request to access the `loopback` address space/;

/** One running desktop app with its own data folder: one device of one person. */
export type DesktopApp = {
  electron: ElectronApplication;
  page: Page;
  userData: string;
  /** Errors of the page so far: uncaught exceptions and console errors, without those of a cut network. */
  errors: string[];
  /** Ends it as a power cut would: nothing gets to finish, the browser behind it included. */
  kill(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Starts the built app (`npm run build` first). Uses the Chromium host unless ELECTRON_REAL=1, where it takes the installed
 * Electron. `server` is the address the app talks to.
 */
export async function launchDesktop(options: {
  userData: string;
  server: string;
  env?: Record<string, string>;
  colorScheme?: 'light' | 'dark';
}): Promise<DesktopApp> {
  const app = appFolder();
  if (!isReal) {
    // Playwright reads this in the test process itself.
    process.env.ELECTRON_OVERRIDE_DIST_PATH = path.join(import.meta.dirname, '../host/distribution');
    process.env.CHROMIUM_HOST_NODE = process.execPath;
  }
  const electron = await _electron.launch({
    args: [app, `--user-data-dir=${options.userData}`],
    env: { ...(process.env as Record<string, string>), GROWTH_OS_SERVER: options.server, ...options.env },
    ...(options.colorScheme && { colorScheme: options.colorScheme }),
    timeout: 60_000,
  });
  const page = await electron.firstWindow();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error' && !networkNoise.test(message.text())) errors.push(message.text());
  });
  return {
    electron,
    page,
    userData: options.userData,
    errors,
    kill: () => kill(electron, options.userData),
    close: () => electron.close(),
  };
}

async function kill(electron: ElectronApplication, userData: string): Promise<void> {
  const closed = new Promise<void>((resolve) => electron.once('close', () => resolve()));
  const browsers = processesUsing(userData);
  electron.process().kill('SIGKILL');
  // The host's Chromium outlives its parent by a second and would write its data out in peace: it has to die as well.
  for (const pid of browsers) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  await closed;
  if (processesUsing(userData).length > 0) for (const pid of processesUsing(userData)) process.kill(pid, 'SIGKILL');
}

/** Every process whose command line names this data folder. */
export function processesUsing(userData: string): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 }).split(
    '\n',
  );
  return lines
    .filter((line) => line.includes(userData) && !line.includes('ps -eo'))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => pid > 0 && pid !== process.pid);
}
