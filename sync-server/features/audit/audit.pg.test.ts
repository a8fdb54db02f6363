import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry } from '#contract/api/audit.ts';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let admin: { person: Person; client: Client };
let superadmin: { person: Person; client: Client };

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  const join = async (role: 'admin' | 'superadmin') => {
    const person = await createPerson(database.server, role, { password });
    return { person, client: await server.signIn(person.email, password) };
  };
  admin = await join('admin');
  superadmin = await join('superadmin');
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

type Line = { entity: string; action: string; actor?: string | null; data?: unknown; description?: string };
async function write({ entity, action, actor = null, data = {}, description = '' }: Line): Promise<string> {
  const { rows } = await database.server.query<{ id: string }>(
    'insert into admin_logs (entity_type, action, performed_by, data, description) values ($1, $2, $3, $4, $5) returning id',
    [entity, action, actor, JSON.stringify(data), description],
  );
  return rows[0]!.id;
}
async function call<T>(who: { client: Client }, name: string, input: unknown = {}) {
  const response = await who.client.call('POST', `/functions/v1/${name}`, input, {
    'idempotency-key': crypto.randomUUID(),
  });
  return { status: response.status, ...((await response.json()) as { data: T; code?: string }) };
}
const list = (who: { client: Client }, input: unknown = {}) =>
  call<{ entries: AuditEntry[]; next: string | null }>(who, 'list-audit', input);

describe('a line', () => {
  let id: string;
  beforeEach(async () => {
    id = await write({ entity: 'user', action: 'user_updated' });
  });

  test.each([
    ['update', "update admin_logs set action = 'nothing' where id = $1"],
    ['an update of who did it', 'update admin_logs set performed_by = null, description = $2 where id = $1'],
    ['delete', 'delete from admin_logs where id = $1'],
    ['a merge', 'merge into admin_logs l using (select $1::uuid as id) g on l.id = g.id when matched then delete'],
    [
      'an upsert',
      "insert into admin_logs (id, entity_type, action) values ($1, 'a', 'b') on conflict (id) do update set action = 'b'",
    ],
    ['truncate', 'truncate admin_logs'],
    ['truncate of what it refers to', 'truncate users cascade'],
  ])('is not changed by %s, not even with the login of the server', async (_, statement) => {
    const values = statement.includes('$1') ? [id, ...(statement.includes('$2') ? ['x'] : [])] : [];
    await expect(database.server.query(statement, values)).rejects.toThrow('permission denied');
    // The owner can give itself the rights; it is refused all the same.
    const client = await database.server.connect();
    try {
      await client.query('begin');
      await client.query('grant update, delete, truncate on admin_logs, admin_log_people to current_user');
      await expect(client.query(statement, values)).rejects.toThrow('never changed or removed');
    } finally {
      await client.query('rollback');
      client.release();
    }
    const { rows } = await database.server.query('select action from admin_logs where id = $1', [id]);
    expect(rows).toEqual([{ action: 'user_updated' }]);
  });

  test('is beyond the rights of every role and of the owner', async () => {
    const { rows } = await database.server.query<{ holder: string }>(
      `select r.rolname || ' ' || p as holder from pg_roles r, unnest(array['UPDATE', 'DELETE', 'TRUNCATE']) as p
       where not r.rolsuper and r.rolname !~ '^pg_' and has_table_privilege(r.oid, 'admin_logs', p)`,
    );
    expect(rows).toEqual([]);
  });

  test('outlives the person who wrote it', async () => {
    const person = await createPerson(database.server, 'mentor');
    await write({ entity: 'user', action: 'user_updated', actor: person.id });
    await expect(database.server.query('delete from users where id = $1', [person.id])).rejects.toThrow();
  });
});

test('no secret gets in, by whatever name, at whatever depth, in whatever text', async () => {
  const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4eXoifQ.c2lnbmF0dXJl';
  const secrets = [
    'hunter2-hunter2',
    jwt,
    '$argon2id$v=19$m=65536$abcdef',
    'link-secret-1234',
    'deep-secret-9',
    'sid=abcdef',
  ];
  const id = await write({
    entity: 'user',
    action: 'planted',
    description: `Authorization: Bearer ${jwt}`,
    data: {
      password: secrets[0],
      new_password: secrets[0],
      nested: { list: [{ access_token: secrets[4], note: `see https://x.test/?token=${secrets[3]}&next=1` }] },
      Cookie: secrets[5],
      hash: secrets[2],
      kept: 'a plain word',
      count: 3,
      token: null,
    },
  });
  const { rows } = await database.server.query<{ line: string; data: Record<string, unknown> }>(
    'select l::text as line, data from admin_logs l where id = $1',
    [id],
  );
  for (const secret of secrets) expect(rows[0]!.line).not.toContain(secret);
  expect(rows[0]!.data).toEqual({
    password: '[removed]',
    new_password: '[removed]',
    nested: { list: [{ access_token: '[removed]', note: 'see https://x.test/?token=[removed]&next=1' }] },
    Cookie: '[removed]',
    hash: '[removed]',
    kept: 'a plain word',
    count: 3,
    token: null,
  });
});

test('what names a person stands beside the line, is shown with it, and goes only when the person is erased', async () => {
  const person = await createPerson(database.server, 'student', { full_name: 'Mariam' });
  const data = {
    before: { email: 'old@a.test' },
    after: { email: 'new@a.test' },
    note: 'wrote from new@a.test',
    role: 'student',
  };
  const { rows } = await database.server.query<{ id: string; data: unknown }>(
    `insert into admin_logs (entity_type, action, entity_id, target_user_id, data) values ('user', 'user_updated', $1, $1, $2) returning id, data`,
    [person.id, JSON.stringify(data)],
  );
  expect(rows[0]!.data).toEqual({
    before: { email: '[personal]' },
    after: { email: '[personal]' },
    note: 'wrote from [personal]',
    role: 'student',
  });
  const shown = async () =>
    (await list(admin, { target_user_id: person.id })).data.entries.map(({ data: told }) => told);
  expect(await shown()).toEqual([data]);
  const remove = () => database.server.query('delete from admin_log_people where user_id = $1', [person.id]);
  await expect(remove()).rejects.toThrow('never changed or removed');
  await expect(database.server.query("update admin_log_people set data = '{}'")).rejects.toThrow('permission denied');
  await database.server.query('update users set erased_at = now() where id = $1', [person.id]);
  await remove();
  expect(await shown()).toEqual([rows[0]!.data]);
});

test('a line that is too long keeps the names of its fields', async () => {
  const id = await write({ entity: 'user', action: 'long', data: { text: 'x'.repeat(20_000), other: 1 } });
  const { rows } = await database.server.query('select data from admin_logs where id = $1', [id]);
  expect(rows).toEqual([{ data: { truncated: true, fields: expect.arrayContaining(['text', 'other']) as unknown } }]);
});

test('admins see neither security and settings lines nor what superadmins did, also when these are demoted later', async () => {
  const marks = {
    plain: await write({ entity: 'batches', action: 'batch_updated', actor: admin.person.id }),
    system: await write({ entity: 'batches', action: 'batch_updated' }),
    bySuper: await write({ entity: 'batches', action: 'batch_updated', actor: superadmin.person.id }),
    settings: await write({ entity: 'company_settings', action: 'updated', actor: admin.person.id }),
    security: await write({ entity: 'user', action: 'login_banned', actor: admin.person.id }),
  };
  const seen = async (who: typeof admin) => {
    const { data } = await list(who, { limit: 200 });
    const ids = new Set(data.entries.map(({ id }) => id));
    return Object.entries(marks)
      .filter(([, id]) => ids.has(id))
      .map(([name]) => name);
  };
  expect(await seen(admin)).toEqual(['plain', 'system']);
  expect(await seen(superadmin)).toEqual(['plain', 'system', 'bySuper', 'settings', 'security']);
  const other = await createPerson(database.server, 'superadmin');
  marks.bySuper = await write({ entity: 'batches', action: 'batch_updated', actor: other.id });
  await database.server.query("update users set role = 'mentor' where id = $1", [other.id]);
  expect(await seen(admin)).toEqual(['plain', 'system']);
});

test('everybody else is refused, and that leaves a line', async () => {
  const mentor = await createPerson(database.server, 'mentor', { password });
  const client = await server.signIn(mentor.email, password);
  expect((await list({ client })).status).toBe(403);
  const { data } = await list(superadmin, { actor_id: mentor.id });
  expect(data.entries.map(({ action, data: details }) => ({ action, details }))).toEqual([
    { action: 'command_failed', details: { command: 'list-audit', code: 'PERMISSION_DENIED' } },
  ]);
});

test('pages follow each other without a gap or a repetition, and filters narrow them', async () => {
  const target = await createPerson(database.server, 'student');
  // All in one statement, so that only the id tells their order.
  await database.server.query(
    `insert into admin_logs (entity_type, action, target_user_id, performed_by, data)
     select 'paged', 'paged', $1, $2, jsonb_build_object('n', n) from generate_series(1, 25) as n`,
    [target.id, admin.person.id],
  );
  const seen: unknown[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await list(admin, { target_user_id: target.id, limit: 10, ...(cursor ? { cursor } : {}) });
    seen.push(...data.entries.map(({ data: { n } }) => n));
    cursor = data.next ?? undefined;
  } while (cursor);
  expect(seen).toHaveLength(25);
  expect(new Set(seen).size).toBe(25);
  const filtered = await list(admin, {
    entity_type: 'paged',
    action: 'paged',
    from: '2020-01-01T00:00:00.000Z',
    limit: 1,
  });
  expect(filtered.data.entries[0]).toMatchObject({
    performed_by_name: admin.person.full_name,
    target_name: target.full_name,
    actor_role: 'admin',
  });
  expect((await list(admin, { entity_type: 'paged', until: '2020-01-01T00:00:00.000Z' })).data.entries).toEqual([]);
  expect((await list(admin, { cursor: Buffer.from("x' or true").toString('base64url') })).status).toBe(422);
});

test('an export is for superadmins and is audited itself', async () => {
  expect((await call(admin, 'export-audit')).status).toBe(403);
  const exported = await call<{ csv: string; rows: number; complete: boolean }>(superadmin, 'export-audit', {
    action: 'paged',
  });
  expect(exported.data).toMatchObject({ rows: 25, complete: true });
  expect(exported.data.csv.split('\r\n')).toHaveLength(26);
  expect((await list(superadmin, { action: 'audit_exported' })).data.entries[0]).toMatchObject({
    performed_by: superadmin.person.id,
    data: { filter: { action: 'paged' }, rows: 25 },
  });
});
