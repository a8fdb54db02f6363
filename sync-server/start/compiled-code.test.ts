import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'growth-os-compiled-'));
  mkdirSync(path.join(folder, 'program'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'program/part.ts'), 'export const part: string = "loaded";');
  writeFileSync(
    path.join(folder, 'program/main.ts'),
    `import { loadCompiled } from ${JSON.stringify(path.join(import.meta.dirname, 'compiled-code.ts'))};
     const starts: string[] = [process.env.STARTS ?? ''];
     process.env.STARTS = starts[0] + 'x';
     const { part } = await loadCompiled(() => import('./part.ts'));
     process.stdout.write(JSON.stringify({ part, starts: process.env.STARTS, arguments: process.argv.slice(2), pid: process.pid }));`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (cache: Record<string, string>) =>
  JSON.parse(
    execFileSync(process.execPath, [path.join(folder, 'program/main.ts'), 'all', '--x'], {
      env: { PATH: process.env['PATH'], ...cache },
      encoding: 'utf8',
    }),
  ) as { part: string; starts: string; arguments: string[] };

test.skipIf(process.platform === 'win32')('starts over once where code had to be compiled, and not again', () => {
  const cache = { NODE_COMPILE_CACHE: path.join(folder, 'cache') };
  expect(run(cache)).toMatchObject({ part: 'loaded', starts: 'xx', arguments: ['all', '--x'] });
  expect(run(cache)).toMatchObject({ part: 'loaded', starts: 'x', arguments: ['all', '--x'] });
  writeFileSync(path.join(folder, 'program/part.ts'), 'export const part: string = "upgraded";');
  expect(run(cache)).toMatchObject({ part: 'upgraded', starts: 'xx' });
});

test('goes on where nothing can be kept', () => {
  const file = path.join(folder, 'a file');
  writeFileSync(file, '');
  expect(run({ NODE_COMPILE_CACHE: file })).toMatchObject({ part: 'loaded', starts: 'x' });
  expect(run({})).toMatchObject({ part: 'loaded', starts: 'x' });
});
