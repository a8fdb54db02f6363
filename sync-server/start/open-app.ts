import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { environment } from '../config.ts';

/** How long Electron's own installer may take to fetch its runtime. */
const installTime = 60_000;

/** Shows the app: the desktop edition where Electron's runtime can be had, else the web edition. Says in one line what happened. */
export async function openApp(
  url: string,
  projectFolder: string,
  tell: (line: string) => void,
): Promise<ChildProcess | undefined> {
  if (!hasDisplay()) return void tell(`No display here, so nothing was opened. The app is at ${url}`);
  const refusal = await whyNoDesktop(projectFolder, tell);
  if (!refusal) return startDesktop(url, projectFolder);
  const isOpen = await openBrowser(url);
  tell(
    isOpen
      ? `Opened the web edition, because ${refusal}.`
      : `Open ${url} in a browser; the desktop app cannot start because ${refusal}.`,
  );
}

function hasDisplay(): boolean {
  const env = environment();
  return process.platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** Undefined when the desktop app can start; else the reason, as the end of a sentence. */
async function whyNoDesktop(projectFolder: string, tell: (line: string) => void): Promise<string | undefined> {
  // Chromium's sandbox does not work for root, and we do not switch it off.
  if (process.getuid?.() === 0) return 'desktop apps do not run as root';
  if (!existsSync(path.join(projectFolder, 'out/main/index.js'))) return 'the desktop app is not built';
  if (electronBinary(projectFolder)) return undefined;
  tell("Fetching Electron's runtime (60 seconds at most) …");
  const installer = spawn(process.execPath, [path.join(projectFolder, 'node_modules/electron/install.js')], {
    stdio: 'ignore',
    timeout: installTime,
  });
  await once(installer, 'close').catch(() => undefined);
  return electronBinary(projectFolder) ? undefined : "Electron's runtime could not be fetched";
}

/** Electron's installer leaves the binary's name in `path.txt`. */
function electronBinary(projectFolder: string): string | undefined {
  const folder = path.join(projectFolder, 'node_modules/electron');
  const name = path.join(folder, 'path.txt');
  if (!existsSync(name)) return undefined;
  const binary = path.join(folder, 'dist', readFileSync(name, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

function startDesktop(url: string, projectFolder: string): ChildProcess {
  return spawn(electronBinary(projectFolder)!, [projectFolder], {
    stdio: 'ignore',
    env: { ...environment(), GROWTH_OS_SERVER: url },
  });
}

async function openBrowser(url: string): Promise<boolean> {
  const opener: Partial<Record<NodeJS.Platform, string[]>> = { darwin: ['open', url], win32: ['explorer', url] };
  const [command, ...args] = opener[process.platform] ?? ['xdg-open', url];
  const child = spawn(command!, args, { stdio: 'ignore', detached: true });
  child.unref();
  const ended = once(child, 'exit').then(
    ([code]) => code === 0,
    // There is no such program.
    () => false,
  );
  // Some openers stay as long as the browser does: one that has not complained by then has opened it.
  return Promise.race([ended, pause(3000, true, { ref: false })]);
}
