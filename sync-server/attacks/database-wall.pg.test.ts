import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roles, type Role } from '#contract/roles.ts';
import { asActor } from '../db/as-actor.ts';
import { createSubmission } from '../testing/people.ts';
import { fillEveryTable } from './full-academy.fixture.ts';
import { e2eIds, openStage, type Stage } from './stage.fixture.ts';

/** What a statement smuggled into a person's transaction could do: the database itself is the wall. */

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await fillEveryTable(stage);
  await createSubmission(stage.database.server, e2eIds.ayesha, e2eIds.w2);
});
afterAll(() => stage.close());

/** Runs statements as this person and answers the rows of the last one; the message of a refusal. */
async function smuggle(
  statements: string | string[],
  actor: { id: string; role: Role } = { id: e2eIds.ayesha, role: 'student' },
): Promise<unknown> {
  let last: unknown;
  try {
    await asActor(stage.database.people, actor, async (tx) => {
      for (const statement of [statements].flat()) last = (await tx.query(statement)).rows;
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) return (error as Error).message;
  }
  return last;
}
class Undo extends Error {}
const denied =
  /permission denied|must be (member|able to)|not the server|does not exist|row-level security|read-only|cannot/i;

describe('a smuggled statement cannot become somebody mightier', () => {
  test.for([
    'set role postgres',
    'reset role; set role postgres',
    'set session authorization postgres',
    'reset session authorization; set role postgres',
    'alter role growth_api superuser',
    'alter role app_student bypassrls',
    'grant app_superadmin to app_student',
    'create role mightier superuser',
    'set local row_security = off; select * from users',
    'alter table users disable row level security',
    'drop policy read_student on users',
    'create function public.x() returns int language sql as $$ select 1 $$',
    'create table public.x ()',
    'create schema x',
    'create extension dblink',
    "copy users to program 'id'",
    "copy users to '/tmp/users'",
    "select pg_read_file('postgresql.conf')",
    'select * from pg_authid',
    "select lo_import('/etc/passwd')",
    'truncate notifications',
    'lock table users in access exclusive mode',
  ])('%s', async (statement) => {
    expect(await smuggle(statement.split('; '))).toMatch(/permission denied|must be|would be affected/i);
  });

  test('after the role of a superadmin it still sees the rows of its own person only', async () => {
    const rows = await smuggle(['reset role', 'set role app_superadmin', 'select id from users']);
    expect(rows).toEqual([{ id: e2eIds.ayesha }]);
    expect(
      await smuggle([
        'reset role',
        'set role app_superadmin',
        'select id from submissions where student_id <> auth.uid()',
      ]),
    ).toEqual([]);
  });

  test('without a person it sees nothing', async () => {
    for (const claims of ['', '{}', '{"sub":"00000000-0000-0000-0000-000000000000"}', `{"role":"service_role"}`]) {
      expect(
        await smuggle([`select set_config('request.jwt.claims', '${claims}', true)`, 'select id from users']),
      ).toEqual([]);
    }
  });
});

describe('secrets and bookkeeping', () => {
  test.for([
    'server_secrets',
    'user_credentials',
    'auth_sessions',
    'refresh_tokens',
    'one_time_tokens',
    'signing_keys',
    'device_keys',
    'sign_in_attempts',
    'idempotency_keys',
    'number_counters',
    'admin_logs',
    'email_queue',
    'whatsapp_queue',
    'admin_log_people',
    'sync_ops',
    'sync_readers',
    'sync_epoch',
  ])('%s is read by no role', async (table) => {
    for (const role of roles)
      expect(await smuggle(`select * from ${table}`, { id: e2eIds.sana, role })).toMatch(denied);
  });

  test('why somebody is suspended is for staff to read', async () => {
    for (const role of roles) {
      const answer = smuggle('select * from suspensions', { id: e2eIds.sana, role });
      if (role === 'admin' || role === 'superadmin') expect(await answer).toEqual(expect.any(Array));
      else expect(await answer).toMatch(denied);
    }
  });

  test('sync_rows and sync_members show the own scopes only, and take no write', async () => {
    const [row] = (await smuggle(
      `select count(*) filter (where user_id <> auth.uid()) as others, count(*) as mine from sync_members`,
    )) as { others: number; mine: number }[];
    expect(row!.others).toBe(0);
    expect(row!.mine).toBeGreaterThan(3);
    expect(
      await smuggle(
        `select scope from sync_rows where scope in ('staff', 'cat', 'super') or scope like 'u:%' and scope <> 'u:' || auth.uid() limit 1`,
      ),
    ).toEqual([]);
    for (const write of [
      `insert into sync_members (user_id, scope, gained, gained_at) values (auth.uid(), 'staff', pg_current_xact_id(), pg_current_snapshot())`,
      `update sync_members set scope = 'staff'`,
      `update sync_rows set body = '{}'`,
      `insert into sync_readers values (auth.uid())`,
      'delete from sync_rows',
    ])
      expect(await smuggle(write)).toMatch(denied);
  });

  test('the job queue is shut: no role reads, adds or runs a job', async () => {
    for (const statement of [
      'select * from graphile_worker.jobs',
      "select graphile_worker.add_job('x')",
      'select * from graphile_worker._private_jobs',
    ]) {
      expect(await smuggle(statement)).toMatch(denied);
    }
  });
});

describe('tables', () => {
  test.for([
    `update user_unlocks set is_unlocked = true`,
    `insert into user_unlocks (user_id, lesson_id, is_unlocked) values (auth.uid(), '${e2eIds.l3}', true)`,
    `update submissions set status = 'approved'`,
    `insert into submissions (assignment_id, student_id, client_submitted_at, status) values ('${e2eIds.w1}', auth.uid(), now(), 'approved')`,
    `insert into submission_reviews (submission_id, submission_version, reviewer_id, decision, reviewed_at_client) select id, 1, auth.uid(), 'approved', now() from submissions`,
    `update recording_views set watched = true`,
    `update users set role = 'superadmin'`,
    `update users set lms_status = 'active'`,
    `update students set fees_cleared = true`,
    `update course_enrollments set payment_status = 'paid'`,
    `update files set status = 'ready'`,
    `update files set linked_id = '${e2eIds.l1}'`,
    `delete from notifications`,
    `select notes from available_lessons`,
    `select description from available_lessons`,
    `select content_key_enc from lesson_media`,
    `select password_hash from user_credentials`,
    `select total_amount from installment_plans`,
  ])('a student may not: %s', async (statement) => {
    expect(await smuggle(statement)).toMatch(/permission denied|row-level security/);
  });

  test("writes that are allowed reach one's own rows only", async () => {
    const other = stage.zain.id;
    for (const write of [
      `update users set full_name = 'x' where id = '${other}' returning id`,
      `update notifications set read_at = now() where user_id = '${other}' returning id`,
      `update lesson_notes set body = 'x' where user_id = '${other}' returning id`,
      `update devices set label = 'x' where user_id = '${other}' returning id`,
    ])
      expect(await smuggle(write)).toEqual([]);
    for (const write of [
      `insert into lesson_notes (user_id, lesson_id, body) values ('${other}', '${e2eIds.l1}', 'x')`,
      `insert into files (bucket, owner_id, path, original_name, mime, bytes, sha256) values ('attachments', '${other}', 'x/x', 'x', 'x', 1, repeat('a', 64))`,
      `insert into files (bucket, owner_id, path, original_name, mime, bytes, sha256, linked_table, linked_id) values ('attachments', auth.uid(), 'x/y', 'x', 'x', 1, repeat('a', 64), 'recording_attachments', '${e2eIds.l1}')`,
      `update lesson_notes set user_id = '${other}'`,
    ])
      expect(await smuggle(write)).toMatch(/permission denied|row-level security/);
  });
});

describe('functions', () => {
  test('tables and functions of the same name in a temporary schema or in the search path shadow nothing', async () => {
    const shadows = [
      `create temp table sync_members (user_id uuid, scope text, lost xid8)`,
      `insert into sync_members values (auth.uid(), 'staff', null), (auth.uid(), 'super', null), (auth.uid(), 'u:${stage.zain.id}', null)`,
      `create temp table server_secrets (name text, value text)`,
      `insert into server_secrets values ('server_key_sha256', encode(sha256('guess'), 'hex'))`,
      `set local search_path = pg_temp, public`,
    ];
    expect(await smuggle([...shadows, `select sync_holds('staff') as holds`])).toEqual([{ holds: false }]);
    expect(await smuggle([...shadows, `select id from public.users where id <> auth.uid()`])).toEqual([]);
    expect(
      await smuggle([...shadows, `select id from sync_everything() where type = 'users' and id <> auth.uid()`]),
    ).toEqual([]);
    expect(await smuggle([...shadows, `select server_mark_watched('guess', auth.uid(), '${e2eIds.l1}', now())`])).toBe(
      'not the server',
    );
  });

  test('none is open to everybody but the two that name rows and the two that read claims', async () => {
    const open = await stage.rows<{ name: string }>(
      `select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname not in ('pg_catalog', 'information_schema') and has_function_privilege('app_anon', p.oid, 'execute')
         and has_schema_privilege('app_anon', n.oid, 'usage')
         and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1`,
    );
    expect(open.map(({ name }) => name)).toEqual(['auth.jwt', 'auth.uid', 'public.app_natural_id', 'public.app_uuid7']);
  });

  test('what the server decides needs its key, and the key cannot be set, guessed or read', async () => {
    const calls = [
      `select server_store_unlocks(null, auth.uid(), '[]', now())`,
      `select server_apply_review('', gen_random_uuid(), now())`,
      `select server_notify('${'a'.repeat(64)}', auth.uid(), 'x', 'x', 'x', '{}', 'x')`,
      `select app_check_server_key('x')`,
      `select sync_refresh_members(array[auth.uid()])`,
      `select sync_publish_users(array[auth.uid()])`,
      `select app_adopt_table('users')`,
      `select app_lock_attempts(auth.uid(), auth.uid())`,
      `select sync_check_epoch()`,
    ];
    for (const call of calls) expect(await smuggle(call)).toMatch(/not the server|permission denied/);
  });
});
