import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

export const peerNames = ['zero', 'rxdb-server', 'pouchdb', 'triplit'] as const;
export type PeerName = (typeof peerNames)[number];

const sources = path.resolve(import.meta.dirname, '..');
/** Nothing of theirs comes near the product's own packages. */
const cache = path.resolve(sources, '../../../.cache/bench-sync');

/** Brings a peer's programs and, when they changed, its packages into the cache; answers its folder there. */
export async function installPeer(name: PeerName, tell: (line: string) => void): Promise<string> {
  const folder = path.join(cache, 'peers', name);
  const installedLock = path.join(folder, 'node_modules/.package-lock.json');
  const lock = path.join(sources, 'peers', name, 'package-lock.json');
  const isCurrent =
    existsSync(installedLock) &&
    existsSync(path.join(folder, 'package-lock.json')) &&
    readFileSync(path.join(folder, 'package-lock.json'), 'utf8') === readFileSync(lock, 'utf8');
  cpSync(path.join(sources, 'arrivals.ts'), path.join(cache, 'arrivals.ts'));
  cpSync(path.join(sources, 'peers/task.mjs'), path.join(cache, 'peers/task.mjs'));
  cpSync(path.join(sources, 'peers', name), folder, { recursive: true });
  if (isCurrent) return folder;
  tell(`installing ${name} from the registry`);
  // A half-done install must not look like a whole one.
  rmSync(installedLock, { force: true });
  await runNpm(folder, name);
  return folder;
}

async function runNpm(folder: string, name: PeerName): Promise<void> {
  const own = process.env['npm_execpath'];
  const [command, ...before] = own ? [process.execPath, own] : ['npm'];
  const args = [...before, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn(command!, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  const why = words.trim().split('\n').slice(0, 3).join(' ');
  throw new Error(`${name} could not be installed from the npm registry: ${why}`);
}
