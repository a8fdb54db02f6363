import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handedInText } from '#contract/rules/receipts.ts';
import { submissionStatuses } from '#contract/tables/submissions.ts';
import { objectKey } from '../features/files/index.ts';
import { verifyReceipt } from '../sync/evidence.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { seedDemo, type SeedAccount } from './index.ts';
import { mainPeople } from './main-people.ts';

let database: TestDatabase;
let filesDir: string;
let accounts: SeedAccount[];
const now = new Date('2026-11-22T10:00:00.000Z');

beforeAll(async () => {
  database = await createTestDatabase();
  filesDir = await mkdtemp(path.join(tmpdir(), 'growth-os-seed-'));
  let password = 0;
  ({ accounts } = await seedDemo(database.server, { accountsPassword: () => `password ${++password}`, filesDir, now }));
}, 120_000);
afterAll(async () => {
  await database.drop();
  await rm(filesDir, { recursive: true, force: true });
});

const count = async (from: string): Promise<number> =>
  (await database.server.query<{ n: number }>(`select count(*)::int as n from ${from}`)).rows[0]!.n;
const column = async (text: string): Promise<string[]> =>
  (await database.server.query<{ value: string }>(text)).rows.map((row) => row.value);

describe('the demo academy', () => {
  it('names one account of every role', () => {
    expect(accounts.map((account) => account.role).toSorted()).toEqual([
      'admin',
      'enrollment_manager',
      'mentor',
      'student',
      'superadmin',
    ]);
    expect(new Set(accounts.map((account) => account.password)).size).toBe(5);
  });

  it('has the size that was promised', async () => {
    expect({
      pathways: await count('learning_pathways'),
      courses: await count('courses'),
      modules: await count('modules'),
      students: await count('students'),
      mentors: await count('mentors'),
    }).toEqual({ pathways: 2, courses: 4, modules: 12, students: 40, mentors: 4 });
    expect(await count('available_lessons')).toBeGreaterThanOrEqual(58);
    expect(await count('lesson_media')).toBeGreaterThanOrEqual(12);
  });

  it('agrees with the status that follows from causes, enrolments and fees, so that no payment turns anybody over', async () => {
    const wrong = await column(
      `select u.full_name || ': ' || u.lms_status || ' / ' || coalesce(u.lms_status_reason, '-') || ' should be ' || app_lms_status(u.id, '2026-11-22T10:00:00Z') as value
       from users u where u.role = 'student'
         and (u.lms_status, u.lms_status_reason, u.status = 'suspended') is distinct from (
           app_lms_status(u.id, '2026-11-22T10:00:00Z') ->> 'lms_status', app_lms_status(u.id, '2026-11-22T10:00:00Z') ->> 'reason',
           (app_lms_status(u.id, '2026-11-22T10:00:00Z') ->> 'blocked')::boolean)`,
    );
    expect(wrong).toEqual([]);
  });

  it('has a schedule, resources and answers that its own people see', async () => {
    expect(await column('select distinct stage as value from batch_timeline_items order by 1')).toEqual([
      'announced',
      'deployed',
      'hidden',
    ]);
    expect(
      await column(
        `select r.title as value from sync_members m join resources r on m.scope = 'rs:' || r.id
         where m.user_id = '${mainPeople.ayesha.id}' and m.lost is null order by 1`,
      ),
    ).toContain('Student handbook');
    expect(await count('resources')).toBe(8);
    expect(await count('course_bundles')).toBe(2);
    expect(await count('course_tracks')).toBe(5);
    expect(await count('students where not onboarding_completed and answers_json is not null')).toBe(0);
    expect(await count('onboarding_responses')).toBeGreaterThan(60);
  });

  it('has receipts of its newest work, which hold against what is stored', async () => {
    const { server } = database;
    const signed = await server.query<{ receipt: string; content: string | null; links: string[]; files: [] }>(
      `select receipt, content, links, '[]'::jsonb as files from submissions where receipt is not null and file_ids = '{}'`,
    );
    expect(signed.rows.length).toBeGreaterThan(20);
    for (const { receipt, ...work } of signed.rows) {
      const sha256 = createHash('sha256').update(handedInText(work)).digest('hex');
      expect(await verifyReceipt({ server }, receipt)).toMatchObject({ sha256 });
    }
  });

  it('ranks its students, awards what they reached, and hides who wished it', async () => {
    expect(await count("leaderboard_snapshots where period = 'all'")).toBeGreaterThan(10);
    expect(
      await count('leaderboard_snapshots where previous_rank is not null and previous_rank <> rank'),
    ).toBeGreaterThan(0);
    expect(await count('user_milestones')).toBeGreaterThan(40);
    expect(await count('user_badges')).toBeGreaterThan(0);
    expect(await count('certificates where revoked_at is null')).toBeGreaterThan(0);
    expect(await count("leaderboard_snapshots where is_hidden and display_name like 'Student #%'")).toBeGreaterThan(0);
    expect(await column('select distinct status as value from integrations order by 1')).toEqual([
      'connected',
      'invalid',
    ]);
  });

  it('shows work in every status and people in every state', async () => {
    expect(await column('select distinct status as value from submissions order by 1')).toEqual(
      [...submissionStatuses].toSorted(),
    );
    expect(await column("select distinct lms_status as value from users where role = 'student' order by 1")).toEqual([
      'active',
      'complete',
      'dropout',
      'inactive',
      'refunded',
      'suspended',
    ]);
    expect(await column('select distinct cause as value from suspensions order by 1')).toEqual([
      'expired',
      'manual',
      'overdue',
      'refund',
      'unpaid',
    ]);
    expect(await column('select distinct status as value from invoices order by 1')).toEqual(
      expect.arrayContaining(['cancelled', 'due', 'paid', 'pending', 'refunded', 'scheduled']),
    );
  });

  it('gives the mentor of the journey something to review', async () => {
    expect(
      await count(`submissions s where status = 'pending' and exists (
      select from student_mentor_assignments a where a.student_id = s.student_id and a.mentor_id = '${mainPeople.bilal.id}')`),
    ).toBeGreaterThanOrEqual(2);
  });

  it('leaves Ayesha with a declined attempt, an open lesson to go on with and a locked one behind it', async () => {
    const { rows } = await database.server.query<{ is_unlocked: boolean; reason: string }>(
      `select k.is_unlocked, k.reason from user_unlocks k join available_lessons l on l.id = k.lesson_id
       join modules m on m.id = l.module_id join courses c on c.id = m.course_id
       where k.user_id = $1 and c.sequence_order = 1 order by m.sequence_order, l.sequence_order`,
      [mainPeople.ayesha.id],
    );
    const open = rows.filter((row) => row.is_unlocked).length;
    expect(open).toBeGreaterThan(4);
    expect(rows[open]!.reason).toBe('previous_assignment_declined');
    expect(rows.slice(0, open).every((row) => row.is_unlocked)).toBe(true);
  });

  it('agrees with the rules: nobody restricted has an open lesson, no open lesson lacks its first opening', async () => {
    expect(
      await count(`user_unlocks k join users u on u.id = k.user_id
      where k.is_unlocked and (u.lms_status in ('refunded', 'dropout') or u.lms_status_reason in ('overdue', 'manual'))`),
    ).toBe(0);
    expect(await count('user_unlocks where is_unlocked and unlocked_at is null')).toBe(0);
    expect(
      await count(`recording_views v where v.watched and not exists (
      select from user_unlocks k where k.user_id = v.user_id and k.lesson_id = v.lesson_id and k.unlocked_at is not null)`),
    ).toBe(0);
  });

  it('has the bytes of every file it lists', async () => {
    const { rows } = await database.server.query<{ id: string; bucket: string }>(
      "select id, bucket from files where status = 'ready'",
    );
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((file) => !existsSync(path.join(filesDir, objectKey(file.bucket, file.id))))).toEqual([]);
  });

  it('happened in the past, in order', async () => {
    expect(await count(`recording_views where watched_at > '${now.toISOString()}'`)).toBe(0);
    expect(
      await count(`submissions where submitted_at > '${now.toISOString()}' or reviewed_at < client_submitted_at`),
    ).toBe(0);
    expect(
      await count('submissions s join users u on u.id = s.student_id where s.client_submitted_at < u.created_at'),
    ).toBe(0);
  });

  it('went out to nobody', async () => {
    expect(await count('email_queue')).toBe(0);
    expect(await count('whatsapp_queue')).toBe(0);
    expect(
      await column(
        "select email as value from users where email not like '%@example.com' and email not like '%@falcon.academy'",
      ),
    ).toEqual([]);
  });
});
