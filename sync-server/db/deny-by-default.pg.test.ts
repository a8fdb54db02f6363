import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableNames } from '#contract/tables/index.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const appRoles = ['app_student', 'app_mentor', 'app_enrollment_manager', 'app_admin', 'app_superadmin', 'app_anon'];

const column = async (text: string, values: unknown[] = []): Promise<string[]> => {
  const { rows } = await database.server.query<{ name: string }>(text, values);
  return rows.map((row) => row.name);
};

describe('every table', () => {
  it('has row-level security', async () => {
    expect(
      await column(`select tablename as name from pg_tables where schemaname = 'public' and not rowsecurity`),
    ).toEqual([]);
  });

  it('gives PUBLIC and the anonymous role nothing', async () => {
    const granted = `
      select table_name || ' ' || privilege_type as name from information_schema.role_table_grants
      where table_schema = 'public' and grantee = any ($1)
      union select table_name || '.' || column_name || ' ' || privilege_type from information_schema.role_column_grants
      where table_schema = 'public' and grantee = any ($1)`;
    expect(await column(granted, [['PUBLIC', 'app_anon']])).toEqual([]);
  });

  it('lets nobody delete, truncate or add triggers, and nobody write a table that devices do not know', async () => {
    const forbidden = `
      select grantee || ' ' || table_name || ' ' || privilege_type as name from information_schema.role_table_grants
      where table_schema = 'public' and grantee = any ($1) and privilege_type in ('DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')
      union
      select grantee || ' ' || table_name || ' ' || privilege_type from information_schema.role_column_grants
      where table_schema = 'public' and grantee = any ($1) and privilege_type in ('INSERT', 'UPDATE', 'REFERENCES')
        and not table_name = any ($2)`;
    expect(await column(forbidden, [appRoles, tableNames])).toEqual([]);
  });

  it('has an index or a unique key on every foreign key that is followed when a parent goes', async () => {
    // Rarely deleted parents, where a scan is cheaper than an index on every table.
    const exempt = ['origin_device_id', 'created_by', 'assigned_by', 'uploaded_by', 'awarded_by'];
    const missing = `
      select c.conrelid::regclass || '.' || a.attname as name
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.confdeltype = 'c'
        and not a.attname = any ($1)
        and not exists (select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])`;
    expect((await column(missing, [exempt])).toSorted()).toEqual([
      // Small, and their pair is unique from the other side.
      'batch_courses.course_id',
      'batch_pathways.pathway_id',
      'lesson_drip_overrides.course_id',
      'lesson_drip_overrides.pathway_id',
    ]);
  });
});

describe('every function of ours', () => {
  it('is closed to PUBLIC', async () => {
    const open = `
      select p.oid::regprocedure::text as name from pg_proc p
      where p.pronamespace = 'public'::regnamespace and pg_get_userbyid(p.proowner) = current_user
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
        and has_function_privilege('app_anon', p.oid, 'execute')`;
    // Pure computations without any data.
    expect((await column(open)).toSorted()).toEqual(['app_natural_id(text,text[])', 'app_uuid7()']);
  });

  it('has a fixed search_path when it runs with the rights of its owner', async () => {
    const loose = `
      select p.oid::regprocedure::text as name from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.prosecdef
        and not coalesce(p.proconfig::text, '') like '%search_path=pg_catalog, public%'`;
    expect(await column(loose)).toEqual([]);
  });

  it('named server_* refuses without the server key, as the person and as the server', async () => {
    const { rows } = await database.server.query<{ name: string; types: string[]; first: string }>(`
      select p.proname as name, array(select format_type(t, null) from unnest(p.proargtypes) as t) as types,
        p.proargnames[1] as first
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname like 'server\\_%'`);
    expect(rows.length).toBeGreaterThan(10);
    const open: string[] = [];
    for (const { name, types, first } of rows) {
      if (first !== 'key') open.push(`${name}: first argument is not the key`);
      for (const key of ['guess', null]) {
        const call = `select * from ${name}(${types.map((type, index) => (index === 0 ? '$1' : `null::${type}`)).join(', ')})`;
        const answer = await callAsStudent(call, key);
        if (answer !== 'not the server') open.push(`${name}: ${answer}`);
      }
    }
    expect(open).toEqual([]);
  });
});

async function callAsStudent(call: string, key: string | null): Promise<string> {
  const client = await database.people.connect();
  try {
    await client.query('begin; set local role app_student');
    await client.query(call, [key]);
    return 'answered';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

it('keeps the key and every other secret from every role', async () => {
  const readable = `
    select distinct r.name || ' ' || t.name as name from unnest($1::text[]) as r(name), unnest($2::text[]) as t(name)
    where has_any_column_privilege(r.name, t.name, 'SELECT')`;
  const secrets = [
    'server_secrets',
    'user_credentials',
    'auth_sessions',
    'refresh_tokens',
    'one_time_tokens',
    'signing_keys',
    'device_keys',
    'mfa_factors',
    'mfa_recovery_codes',
    'mfa_challenges',
    'email_changes',
    'account_details',
    'setup_tokens',
    'number_counters',
    'idempotency_keys',
  ];
  expect(await column(readable, [appRoles, secrets])).toEqual([]);
  const { rows } = await database.server.query<{ readable: boolean }>(
    `select bool_or(has_column_privilege(r.name, 'lesson_media', c.name, 'SELECT')) as readable
     from unnest($1::text[]) as r(name), unnest(array['url_enc', 'content_key_enc', 'file_id']) as c(name)`,
    [appRoles],
  );
  expect(rows[0]!.readable).toBe(false);
});
