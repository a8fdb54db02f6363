/**
 * `npm run matrix -- [--json] [--mutate N] [--seed S]`: every table, role and verb through every door, on a real server and a
 * throw-away database; the last line of stdout is its JSON. `docs`: sync-server/matrix/README.md.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../sync-server/db/embedded-postgres.ts';
import { runMatrix } from '../sync-server/matrix/run.ts';
import { openMatrixStage } from '../sync-server/matrix/stage.ts';
import { buildTemplate } from '../sync-server/testing/test-database.ts';

/** The academy that every run drives; another one would be as good. */
const academy = 1;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    mutate: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});
const mutate = values.mutate === 'all' ? Number.MAX_SAFE_INTEGER : Number(values.mutate);
const seed = Number(values.seed);
if (!Number.isInteger(mutate) || mutate < 0 || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run matrix -- [--json] [--mutate N|all] [--seed S]\n');
  process.exit(2);
}
const tell = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

const directory = await mkdtemp(path.join(tmpdir(), 'growth-os-matrix-'));
const postgres = await startEmbeddedPostgres({ directory, fsync: false, maxConnections: 60 });
try {
  await buildTemplate(postgres.url);
  const stage = await openMatrixStage({ seed: academy, ownerUrl: postgres.url });
  try {
    const summary = await runMatrix(stage, { mutate, seed, tell });
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    const isRight = summary.wrong === 0 && summary.canaries === 0 && summary.caught === summary.mutated;
    process.exitCode = isRight ? 0 : 1;
  } finally {
    await stage.close();
  }
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
