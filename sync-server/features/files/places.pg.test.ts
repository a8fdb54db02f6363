import { afterAll, beforeAll, expect, test } from 'vitest';
import { filePlaces, type FilePlace } from '#contract/rules/file-places.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

/** The list of places and SQL's word on who may hang a file on a row belong together. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const places: FilePlace[] = Object.values(filePlaces);

test('every table that people hang files on has its line in app_may_link', async () => {
  const wanted = places.filter(({ writers }) => Object.keys(writers).length > 0).flatMap(({ linksTo }) => linksTo);
  const { rows } = await database.server.query<{ name: string }>(
    `select name from unnest($1::text[]) name
     where to_regclass('public.' || name) is not null and position(quote_literal(name) in (
       select prosrc from pg_proc where proname = 'app_may_link')) = 0`,
    [[...new Set(wanted)]],
  );
  expect(rows.map(({ name }) => name)).toEqual([]);
});

test('every table that app_may_link knows has a place', async () => {
  const { rows } = await database.server.query<{ name: string }>(
    `select distinct name[1] as name from pg_proc,
       regexp_matches(prosrc, 'when to_table (?:=|in) ([^)]*?)(?:\\)| then)', 'g') line, regexp_matches(line[1], '''([a-z_]+)''', 'g') name
     where proname = 'app_may_link'`,
  );
  const known = new Set(places.flatMap(({ linksTo }) => linksTo));
  expect(rows.length).toBeGreaterThan(4);
  expect(rows.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
});

test('every bucket of a place is one the database allows', async () => {
  const { rows } = await database.server.query<{ definition: string }>(
    "select pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = 'files'::regclass and contype = 'c'",
  );
  const definition = rows.map((row) => row.definition).find((text) => text.includes('lesson-media'))!;
  for (const { bucket } of places) expect(definition).toContain(`'${bucket}'`);
});
