import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, describe, expect, test } from 'vitest';

const project = path.resolve(import.meta.dirname, '..');
const options = await extractOptions(path.join(project, '.dependency-cruiser.mjs'));

/** Looks at every module below the roots of `baseDir` and tells who breaks which rule. */
async function look(baseDir: string, roots: string[]): Promise<ICruiseResult> {
  const { output } = await cruise(roots, { ...options, baseDir });
  return output as ICruiseResult;
}

test('every module keeps the boundaries', { timeout: 60_000 }, async () => {
  const { summary } = await look(project, ['electron', 'renderer', 'sync-server', 'scripts']);
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  // With a parser it cannot use, the tool sees nothing and is content.
  expect(summary.totalCruised).toBeGreaterThan(50);
  expect(summary.totalDependenciesCruised ?? 0).toBeGreaterThan(200);
});

/** For each rule the smallest house that breaks it: importing file → imported file. */
const offences: Record<string, [from: string, to: string]> = {
  'roots-meet-at-contracts': ['renderer/app/shell.ts', 'sync-server/db/pools.ts'],
  'contract-is-pure': ['sync-server/contract/rules/open.ts', 'sync-server/db/pools.ts'],
  'features-through-index': ['renderer/features/home/screen.ts', 'renderer/features/lessons/queries.ts'],
  'lower-knows-no-higher': ['sync-server/sync/push.ts', 'sync-server/features/lessons/index.ts'],
  'renderer-lower-knows-no-higher': ['renderer/data/store.ts', 'renderer/features/lessons/index.ts'],
  'ui-knows-no-data': ['renderer/ui/button.ts', 'renderer/data/store.ts'],
  'product-knows-no-test-equipment': ['sync-server/app.ts', 'sync-server/testing/clock.ts'],
  'no-cycles': ['sync-server/db/a.ts', 'sync-server/db/b.ts'],
};

describe('each rule can fail', () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  test('the list of offences is complete', () => {
    expect(Object.keys(offences).toSorted()).toEqual(options.ruleSet!.forbidden!.map((rule) => rule.name!).toSorted());
  });

  test.each(Object.entries(offences))('%s', async (rule, [from, to]) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'boundaries-'));
    folders.push(folder);
    symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'));
    writeImport(folder, from, to);
    if (rule === 'no-cycles') writeImport(folder, to, from);
    else writeFile(folder, to, 'export const value = 1;\n');
    const { summary } = await look(folder, [from, to]);
    expect(summary.violations.map((violation) => violation.rule.name)).toContain(rule);
  });
});

function writeImport(folder: string, from: string, to: string): void {
  writeFile(
    folder,
    from,
    `import { value } from '${path.relative(path.dirname(from), to).replace(/^(?!\.)/, './')}';\nexport { value };\n`,
  );
}

function writeFile(folder: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}
