/** `npm run bench -- NAME [--json] [--rounds N]`: one benchmark against its stated limits; the last line is its JSON. `sync`: see bench/sync/options.ts. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stopSharedPostgres } from '../electron/e2e/support/academy.ts';
import { benchHome } from './bench/home.ts';
import { benchPull } from './bench/pull.ts';
import { benchSignIn } from './bench/sign-in.ts';
import { findBrowser } from './find-browser.ts';

// Sync has options and a program of its own: it loads the client's code, which nothing else here does.
if (process.argv[2] === 'sync') {
  const program = path.join(import.meta.dirname, 'bench/sync/main.ts');
  const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(3)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

export type Bench = (options: { rounds: number; tell: (line: string) => void }) => Promise<Record<string, unknown>>;

/** `inBrowser`: needs the built app and a Chromium. */
const benches: Record<string, { run: Bench; inBrowser?: boolean; rounds: number }> = {
  home: { run: benchHome, inBrowser: true, rounds: 10 },
  pull: { run: benchPull, rounds: 3 },
  'sign-in': { run: benchSignIn, rounds: 1 },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string' } },
});
const name = positionals[0] ?? '';
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
const rounds = Number(values.rounds ?? bench?.rounds);
if (!bench || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(
    `usage: npm run bench -- NAME [--json] [--rounds N]\nnames: ${[...Object.keys(benches), 'sync'].join(', ')}\n`,
  );
  process.exit(2);
}
const tell = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
if (bench.inBrowser) {
  const built = spawnSync(process.execPath, [path.join(import.meta.dirname, 'build.ts'), '--if-stale'], {
    stdio: ['ignore', 2, 2],
  });
  if (built.status !== 0) process.exit(1);
  process.env.CHROMIUM_HOST_BROWSER = await findBrowser(tell);
}
const result = await bench.run({ rounds, tell });
await stopSharedPostgres();
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
