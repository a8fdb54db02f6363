import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roles } from '#contract/roles.ts';
import { everyTable } from '../permissions/tables/index.ts';
import { checkSelect } from './reading.ts';
import { tryMutants } from './removals.ts';
import { examine, findProbes } from './run.ts';
import { findMutants, type Mutant } from './mutants.ts';
import { openMatrixStage, type MatrixStage } from './stage.ts';
import { Tally } from './tally.ts';

/**
 * The matrix in the suite: all of it once, and then everything that stands between people and a few tables taken away, one at a
 * time. Tables of each kind: written by devices with and without an end, read by rule, columns that depend on the row, one row for
 * all, money. `npm run matrix -- --mutate all` does it for every table.
 */
const closely = ['lesson_notes', 'submission_reviews', 'available_lessons', 'company_settings', 'users', 'invoices'];

let stage: MatrixStage;
beforeAll(async () => {
  stage = await openMatrixStage({ seed: 1 });
}, 120_000);
afterAll(() => stage.close());

test('every cell is as the plain rules and the cases say', { timeout: 300_000 }, async () => {
  const tally = new Tally();
  await examine(stage, tally, () => undefined);
  expect(tally.wrong).toEqual([]);
  expect(tally.cells.size).toBe(97 * 6 * 4);
});

describe('what is taken away is noticed:', () => {
  let mutants: Mutant[];
  beforeAll(async () => {
    mutants = await findMutants(stage, await findProbes(stage, new Tally()));
  }, 120_000);

  test.each(closely)('each policy, grant and guard of %s', { timeout: 120_000 }, async (table) => {
    const about = mutants.filter((one) => one.table === table);
    expect(about.length).toBeGreaterThan(10);
    expect(await tryMutants(about, () => undefined)).toEqual([]);
  });

  test('each guard of what devices write', { timeout: 120_000 }, async () => {
    const guards = mutants.filter(({ kind }) => kind === 'guard');
    expect(guards.length).toBeGreaterThan(10);
    expect(await tryMutants(guards, () => undefined)).toEqual([]);
  });

  test('each list of roles of a command', { timeout: 120_000 }, async () => {
    const commands = mutants.filter(({ kind }) => kind === 'command');
    expect(commands.length).toBeGreaterThan(1);
    expect(await tryMutants(commands, () => undefined)).toEqual([]);
  });

  test('a line of the declaration: a view that nobody declares any more', async () => {
    const permissions = everyTable.find(({ table }) => table === 'lesson_notes')!;
    const tally = new Tally();
    const declared = permissions as { read: unknown };
    const before = declared.read;
    declared.read = [];
    try {
      for (const role of roles) await checkSelect(stage, tally, stage.catalogue.get('lesson_notes')!, role);
    } finally {
      declared.read = before;
    }
    expect(tally.wrong).not.toEqual([]);
  });
});
