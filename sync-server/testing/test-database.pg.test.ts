import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { createTestDatabase } from './test-database.ts';

test('copies know nothing of each other, and go even where a test left a connection open', async () => {
  const one = await createTestDatabase();
  const other = await createTestDatabase();
  await one.server.query("insert into server_secrets (name, value) values ('mark', 'one')");
  const { rows } = await other.server.query("select from server_secrets where name = 'mark'");
  expect(rows).toEqual([]);

  const forgotten = new pg.Client({ connectionString: one.url });
  const cutOff = new Promise<Error>((resolve) => forgotten.on('error', resolve));
  await forgotten.connect();
  await one.drop();
  expect((await cutOff).message).toMatch(/terminat/);
  await other.drop();
  const owner = new pg.Client({ connectionString: inject('databaseUrl') });
  await owner.connect();
  const names = [one.url, other.url].map((url) => new URL(url).pathname.slice(1));
  expect((await owner.query('select datname from pg_database where datname = any($1)', [names])).rows).toEqual([]);
  await owner.end();
});
