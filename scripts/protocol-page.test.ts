import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorStatus, refusalCodes } from '../sync-server/contract/errors.ts';
import { frameSchema, verdictSchema } from '../sync-server/contract/protocol.ts';
import { tableNames, tables } from '../sync-server/contract/tables/index.ts';

const page = readFileSync(new URL('../docs/specs/sync.md', import.meta.url), 'utf8');
const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The rows of the table that begins with this heading, each as its cells. */
function rowsUnder(heading: string): string[][] {
  const from = page.indexOf(`\n| ${heading} |`) + 1;
  if (from === 0) throw new Error(`no table begins with ${heading}`);
  const lines = page.slice(from).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) => line.slice(2, -2).split(' | '));
}
/** The first word in backticks of the first cell. */
const named = (rows: string[][]): string[] => rows.map(([first]) => /`([^`]+)`/.exec(first ?? '')?.[1] ?? '');

test('every refusal code is explained, in the order of the contract', () => {
  expect(named(rowsUnder('code'))).toEqual([...refusalCodes]);
});

test('every frame and every verdict is explained', () => {
  expect(named(rowsUnder('frame'))).toEqual(frameSchema.options.map(({ shape }) => shape.t.value));
  expect(named(rowsUnder('verdict'))).toEqual(verdictSchema.options.map(({ shape }) => shape.s.value));
});

test('every class of merge that a table uses is explained, and no other', () => {
  const explained = rowsUnder('class').flatMap(([first]) => (first ?? '').match(/(?<=`)[a-z]+(?=`)/g) ?? []);
  const used = tableNames.flatMap((name) => Object.values(tables[name].device.update ?? {}));
  expect(explained.toSorted()).toEqual([...new Set(used)].toSorted());
});

test('answers that refuse a whole request exist under the status that is written', () => {
  const written = rowsUnder('answer').flatMap(([first]) => [...(first ?? '').matchAll(/(\d{3}) `([A-Z_]+)`/g)]);
  expect(written.length).toBeGreaterThan(5);
  for (const [, status, code] of written)
    expect(errorStatus[code as keyof typeof errorStatus], code).toBe(Number(status));
});

test('every limit stands in the code as it is written', () => {
  const limits = rowsUnder('what').filter(([, , where]) => where !== undefined);
  expect(limits.length).toBeGreaterThan(10);
  for (const [what, , where] of limits) {
    const [, path = '', text = ''] = /^`([^`]+)` `([^`]+)`$/.exec(where!) ?? [];
    expect(read(path), what).toContain(text);
  }
});

test('every test that is named exists', () => {
  const paths = [...page.matchAll(/`([\w./-]+\.test\.tsx?)`/g)].map(([, path]) => path!);
  expect(paths.length).toBeGreaterThan(30);
  const missing = paths.filter(
    (path) =>
      !['', 'sync-server/', 'renderer/'].some((root) => existsSync(new URL(`../${root}${path}`, import.meta.url))),
  );
  expect(missing).toEqual([]);
});

test('every invariant names the tests that hold it', () => {
  const from = page.indexOf('\n## Invariants');
  const next = page.indexOf('\n## ', from + 1);
  const rows = page
    .slice(from, next === -1 ? undefined : next)
    .split('\n')
    .filter((line) => /^\| (?!what always holds|---)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => !/`[\w./*-]+\.(test|e2e)\.tsx?`|`npm run|J\d/.test(row.split(' | ').at(-1)!))).toEqual(
    [],
  );
});
