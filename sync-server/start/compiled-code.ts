import { statSync } from 'node:fs';
import { flushCompileCache, getCompileCacheDir } from 'node:module';
import path from 'node:path';
import { startOver } from './start-over.ts';

const folder = path.resolve(import.meta.dirname, '../../.cache/compiled');
const isSecond = 'COMPILED_BEFORE';

/** Environment with which Node keeps what it compiled, beside the program and its own only; what the operator says stands. */
// oxlint-disable-next-line node/no-process-env -- config.ts, where it is read otherwise, is worth loading once only
export const compiledCode = (): Record<string, string> => ({
  NODE_COMPILE_CACHE: folder,
  ...given('NODE_COMPILE_CACHE'),
});

/**
 * Loads a program; where its code had to be compiled for that, as at the first start after an upgrade, it is kept and the program is
 * started over once. What makes JavaScript of TypeScript takes 22 MiB of memory, which no process gives back.
 */
export async function loadCompiled<T>(load: () => Promise<T>): Promise<T> {
  const before = lastKept();
  const loaded = await load();
  flushCompileCache();
  if (lastKept() > before && !given(isSecond)[isSecond]) startOver([], { [isSecond]: 'yes' });
  return loaded;
}

/** When Node last put something into its folder (ms since 1970). */
function lastKept(): number {
  const directory = getCompileCacheDir();
  return (directory && statSync(directory, { throwIfNoEntry: false })?.mtimeMs) || 0;
}

function given(name: string): Record<string, string> {
  // oxlint-disable-next-line node/no-process-env -- as above
  const value = process.env[name];
  return value ? { [name]: value } : {};
}
