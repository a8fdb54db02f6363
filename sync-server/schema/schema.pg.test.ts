import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelTables } from '../matrix/data-model.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { dumpSchema } from './dump.ts';
import { writeReference } from './reference.ts';
import { seedEdges } from './seed-edges.ts';

const project = path.join(import.meta.dirname, '../..');
const committed = (file: string): Promise<string> => readFile(path.join(project, file), 'utf8');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('the committed dump is what the database looks like; `npm run schema` writes it', async () => {
  expect(await dumpSchema(database.server)).toBe(await committed('sync-server/db/schema.txt'));
});

test('the committed reference is what the database and its declarations say; `npm run schema` writes it', async () => {
  expect(await writeReference(database.server)).toBe(await committed('docs/schema.md'));
});

test('every table of the data model is there', async () => {
  const { rows } = await database.server.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  );
  const there = rows.map(({ name }) => name);
  expect(modelTables.filter((name) => !there.includes(name))).toEqual([]);
  expect(new Set(modelTables).size).toBe(97);
});

test.each(seedEdges)('$child.$column names a row of $parent', async ({ parent, child, column }) => {
  const { rows } = await database.server.query<{ found: boolean }>(
    `select exists (
       select from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and k.conkey = array[a.attnum]
       where k.contype = 'f' and k.conrelid = to_regclass($1) and k.confrelid = to_regclass($2) and a.attname = $3) as found`,
    [child, parent, column],
  );
  expect(rows[0]!.found).toBe(true);
});
