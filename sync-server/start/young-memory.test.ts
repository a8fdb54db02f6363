import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const module = join(import.meta.dirname, 'young-memory.ts');
const program = `
  import { boundYoungMemory } from ${JSON.stringify(module)};
  boundYoungMemory();
  const { getHeapSpaceStatistics } = await import('node:v8');
  // Fills what there is for young objects.
  let kept = [];
  for (let at = 0; at < 3e6; at++) kept[at % 100_000] = { at };
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
  process.stdout.write(JSON.stringify({ young, arguments: process.argv.slice(1), flags: process.execArgv }));`;

const run = (flags: string[], env: Record<string, string> = {}) =>
  JSON.parse(
    execFileSync(process.execPath, [...flags, '--input-type=module', '-e', program, 'all', '--x'], {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      encoding: 'utf8',
    }),
  ) as { young: number; arguments: string[]; flags: string[] };

test.skipIf(process.platform === 'win32')('a program keeps its arguments and takes less for young objects', () => {
  const bounded = run([]);
  expect(bounded.young).toBeLessThanOrEqual(3 * 8 * 1024 * 1024);
  expect(bounded.arguments).toEqual(['all', '--x']);
});

test('what the operator says stands', () => {
  const told = run(['--max-semi-space-size=32']);
  expect(told.young).toBeGreaterThan(3 * 8 * 1024 * 1024);
  expect(told.flags.filter((one) => one.startsWith('--max-semi-space-size'))).toEqual(['--max-semi-space-size=32']);
  expect(run([], { NODE_OPTIONS: '--max-semi-space-size=32' }).flags.join()).not.toContain('--max-semi-space-size');
});
