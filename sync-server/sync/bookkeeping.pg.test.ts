import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles } from '#contract/roles.ts';
import { asActor } from '../db/as-actor.ts';
import { createPerson, type Person } from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { publishedViews } from '../permissions/fragments.ts';
import { everyTable } from '../permissions/tables/index.ts';

let database: TestDatabase;
const people: Person[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  for (const role of roles) people.push(await createPerson(database.server, role));
});
afterAll(() => database.drop());

const deniedTo = async (person: Person, statement: string): Promise<boolean> =>
  asActor(database.people, person, (tx) => tx.query(statement)).then(
    () => false,
    (error: Error & { code?: string }) => {
      if (error.code === '42501') return true;
      throw error;
    },
  );

test.each(roles)('nobody writes what is published or who reads it, not as %s', async (role) => {
  const person = people.find((one) => one.role === role)!;
  const id = randomUUID();
  const statements = [
    `insert into sync_rows (type, id, scope, rank, v, body) values ('users', '${id}', 'all', 9, '${id}', '{}')`,
    `update sync_rows set body = '{}'`,
    'delete from sync_rows',
    `insert into sync_members (user_id, scope, gained, gained_at) values ('${person.id}', 'super', '1', '1:1:')`,
    'update sync_members set lost = null',
    'delete from sync_members',
    `insert into sync_ops (user_id, op, content_sha256, type, row_id, client_at, verdict) values ('${person.id}', '${id}', '', '', '${id}', now(), '{}')`,
    'select * from sync_ops',
    'select * from sync_epoch',
    'select born from sync_rows',
    `select sync_refresh_members(array['${person.id}'::uuid])`,
    `select sync_desired_scopes(array['${person.id}'::uuid])`,
    'select sync_check_epoch()',
    'select sync_purge(now(), 0)',
    ...everyTable
      .filter((table) => publishedViews(table).length > 0)
      .map(({ table }) => `select sync_publish_${table}(array['${id}'::uuid])`),
    `select server_keep_verdicts('a guess', null, '{}', '{}', '{}', '{}', '{}', '{}', '{}')`,
    `select server_keep_rejections('a guess', null, '[]')`,
  ];
  for (const statement of statements) expect(await deniedTo(person, statement), statement).toBe(true);
});

test.each(roles)('rows of scopes one does not hold are out of reach by SQL, as %s', async (role) => {
  const person = people.find((one) => one.role === role)!;
  const { rows } = await asActor(database.people, person, (tx) =>
    tx.query('select from sync_rows where scope not in (select sync_my_scopes())'),
  );
  expect(rows).toHaveLength(0);
  const others = await asActor(database.people, person, (tx) =>
    tx.query('select from sync_members where user_id <> $1', [person.id]),
  );
  expect(others.rows).toHaveLength(0);
});

test('a change that leaves every body as it was publishes nothing', async () => {
  const { id } = people[0]!;
  const changed = async () => (await database.server.query('select max(seq) as seq from sync_rows')).rows[0];
  const before = await changed();
  await database.server.query('update users set last_login_at = now() where id = $1', [id]);
  expect(await changed()).toEqual(before);
  await database.server.query("update users set full_name = 'Another name' where id = $1", [id]);
  expect(await changed()).not.toEqual(before);
});
