import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import closeWithGrace from 'close-with-grace';
import { startAcademy, type Academy } from './academy.ts';
import { openDataFolder, type DataFolder } from './data-folder.ts';
import { openApp } from './open-app.ts';
import { readOptions, usage, type StartOptions } from './options.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** What runs now and has to end with us. */
type Running = { folder?: DataFolder; academy?: Academy; window?: ChildProcess };

/** `npm start`: from an empty folder to a running academy in a window. */
export async function runStart(args: string[]): Promise<void> {
  const running: Running = {};
  try {
    const options = readOptions(args, projectFolder);
    if (options === 'help') return void process.stdout.write(`${usage}\n`);
    await start(options, running);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    await stop(running);
    process.exit(1);
  }
}

async function start(options: StartOptions, running: Running): Promise<void> {
  // With --json standard output belongs to the one line for programs.
  const tell = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const folder = (running.folder = openDataFolder(options.dataDir));
  stopWhenAsked(running, tell);
  if (folder.wasCutOff) tell('The last run did not end in order. The database recovers; what was saved is kept.');
  const [academy] = await Promise.all([startAcademy(options, folder, projectFolder, tell), buildApp()]);
  running.academy = academy;
  announce(academy, options, tell);
  if (options.open) running.window = await openApp(academy.url, projectFolder, tell);
}

/** Ctrl-C or a stop by the system. Before the academy stands there is nothing to close: its database ends with this process. */
function stopWhenAsked(running: Running, tell: (line: string) => void): void {
  closeWithGrace({ delay: 20_000, logger: false }, async ({ err }) => {
    if (err) process.stderr.write(`Stopped by an error: ${err.stack ?? err.message}\n`);
    else tell('Stopping …');
    await stop(running);
  });
}

async function stop({ folder, academy, window }: Running): Promise<void> {
  window?.kill();
  await academy?.close().catch((error: Error) => process.stderr.write(`While stopping: ${error.message}\n`));
  folder?.unlock();
}

/** Brings `out/` up to date; a build that fails stops the start with its own words. */
async function buildApp(): Promise<void> {
  const builder = spawn(process.execPath, [path.join(projectFolder, 'scripts/build.ts'), '--if-stale'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [builder.stdout, builder.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const [code] = (await once(builder, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The app could not be built:\n${output.trim()}`);
}

function announce({ url, accounts }: Academy, options: StartOptions, tell: (line: string) => void): void {
  if (options.json) return void process.stdout.write(`${JSON.stringify({ url, accounts })}\n`);
  tell(`\nGrowth OS runs at ${url}\n`);
  const width = Math.max(0, ...accounts.map(({ email }) => email.length));
  for (const { role, email, password } of accounts)
    tell(`  ${role.replace('_', ' ').padEnd(20)} ${email.padEnd(width)}  ${password}`);
  tell(`${accounts.length > 0 ? '\n' : ''}Ctrl-C stops it.`);
}
