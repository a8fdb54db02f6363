/**
 * Builds the app into `out/`: main and preload for the desktop, the renderer for desktop and web edition. `--if-stale` does
 * nothing when no source has changed since. The new build takes the place of the old one whole, so that a server that
 * runs meanwhile never serves half of it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const project = path.resolve(import.meta.dirname, '..');
const sources = [
  'renderer/**/*',
  'electron/{main,preload,contract}/**/*',
  'sync-server/contract/**/*',
  'package-lock.json',
  'electron.vite.config.ts',
];
const out = path.join(project, 'out');
const stamp = path.join(out, 'built-from');

/** Names, sizes and times of all sources, tests aside: different after any edit, checkout or removal. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: project }).toSorted()) {
    const facts = statSync(path.join(project, file));
    if (facts.isFile() && !file.includes('.test.')) hash.update(`${file} ${facts.size} ${facts.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function build(from: string): number {
  const fresh = path.join(project, '.cache', `build-${process.pid}`);
  const electronVite = path.join(project, 'node_modules/electron-vite/bin/electron-vite.js');
  const built = spawnSync(process.execPath, [electronVite, 'build', '--outDir', fresh, '--logLevel', 'warn'], {
    cwd: project,
    stdio: 'inherit',
  });
  if (built.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    return built.status ?? 1;
  }
  writeFileSync(path.join(fresh, 'built-from'), from);
  const old = `${fresh}-old`;
  if (existsSync(out)) renameSync(out, old);
  renameSync(fresh, out);
  rmSync(old, { recursive: true, force: true });
  return 0;
}

const current = fingerprint();
const isFresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === current;
if (!(isFresh && process.argv.includes('--if-stale'))) {
  mkdirSync(path.join(project, '.cache'), { recursive: true });
  process.exitCode = build(current);
}
