import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
let copied: string | null = null;

/** The built app, copied once: a build that runs meanwhile must not change the ground under a running journey. */
export function appFolder(): string {
  if (copied) return copied;
  if (!existsSync(path.join(root, 'out/main/index.js')))
    throw new Error('the app is not built: run npm run build first');
  const folder = mkdtempSync(path.join(tmpdir(), 'growth-app-'));
  for (const part of ['out', 'package.json'])
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  copied = folder;
  return folder;
}
