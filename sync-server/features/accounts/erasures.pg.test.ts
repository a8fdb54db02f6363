import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { erasures } from './erasures.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Tables that stay as they are when a person named in them is erased: they hold ids, numbers and dates of the person, and no words. */
const keep = new Set<string>([
  // The trail is for ever; the bytes and rows of files are `eraseFilesOf`'s.
  'admin_logs',
  'files',
  // What was owed, paid and enrolled in.
  ...[
    'billing_drift_findings',
    'billing_reconciliation_actions',
    'course_enrollments',
    'installment_payments',
    'invoices',
  ],
  ...['success_partner_credits', 'success_partner_ledger'],
  // What was learned, and who guided whom.
  ...[
    'at_risk_flags',
    'mentor_course_assignments',
    'pathway_choice_selections',
    'recording_views',
    'session_attendance',
  ],
  ...['student_mentor_assignments', 'user_badges', 'user_module_progress', 'user_unlocks', 'thread_members'],
  // What belongs to the academy, whoever made it.
  ...[
    'assignments',
    'available_lessons',
    'batch_timeline_items',
    'batches',
    'course_bundles',
    'courses',
    'learning_pathways',
  ],
  ...['resource_sections', 'resources', 'settings_revisions', 'success_sessions'],
]);

test('every table that names a person says what erasing does to it', async () => {
  const { rows } = await database.server.query<{ name: string }>(
    `select distinct c.conrelid::regclass::text as name from pg_constraint c
     where c.contype = 'f' and c.connamespace = 'public'::regnamespace
       and c.confrelid in ('users'::regclass, 'students'::regclass, 'mentors'::regclass) order by 1`,
  );
  const said = new Set([...erasures.map(({ table }) => table), ...keep]);
  expect(rows.map(({ name }) => name).filter((name) => !said.has(name))).toEqual([]);
});

test('nothing is both erased and kept, and every statement fits its table', async () => {
  expect(erasures.map(({ table }) => table).filter((table) => keep.has(table))).toEqual([]);
  const wrong: string[] = [];
  for (const { table, sql } of erasures) {
    const { rows } = await database.server.query('select from pg_tables where tablename = $1', [table]);
    if (rows.length === 0) {
      wrong.push(`${table}: no such table`);
      continue;
    }
    const values = sql.includes('$2')
      ? ['00000000-0000-4000-8000-000000000009', new Date()]
      : ['00000000-0000-4000-8000-000000000009'];
    await database.server.query(sql, values).catch((error: Error) => wrong.push(`${table}: ${error.message}`));
  }
  expect(wrong).toEqual([]);
});
