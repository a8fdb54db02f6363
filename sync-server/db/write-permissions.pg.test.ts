import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import type { Role } from '#contract/roles.ts';
import { roles } from '#contract/roles.ts';
import { tableNames, tables, type TableName } from '#contract/tables/index.ts';
import { asActor } from './as-actor.ts';
import {
  createAssignment,
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  createSubmission,
  enrol,
  openLesson,
  type Person,
} from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const everybody: readonly Role[] = roles;
const learners: readonly Role[] = ['student', 'mentor', 'admin', 'superadmin'];
const reviewers: readonly Role[] = ['mentor', 'admin', 'superadmin'];
const noteTakers: readonly Role[] = ['mentor', 'enrollment_manager', 'admin', 'superadmin'];
const nobody: readonly Role[] = [];

/** Which roles may write a table through a device at all; which columns, the contract says. */
const writers: Record<TableName, { insert: readonly Role[]; update: readonly Role[] }> = {
  users: { insert: nobody, update: everybody },
  students: { insert: nobody, update: ['student'] },
  mentors: { insert: nobody, update: ['mentor'] },
  student_mentor_assignments: { insert: nobody, update: nobody },
  mentor_course_assignments: { insert: nobody, update: nobody },
  devices: { insert: nobody, update: everybody },
  courses: { insert: nobody, update: nobody },
  learning_pathways: { insert: nobody, update: nobody },
  pathway_courses: { insert: nobody, update: nobody },
  modules: { insert: nobody, update: nobody },
  batches: { insert: nobody, update: nobody },
  course_enrollments: { insert: nobody, update: nobody },
  available_lessons: { insert: nobody, update: nobody },
  recording_attachments: { insert: nobody, update: nobody },
  lesson_media: { insert: nobody, update: nobody },
  recording_views: { insert: ['student'], update: ['student'] },
  user_unlocks: { insert: nobody, update: nobody },
  recording_ratings: { insert: ['student'], update: ['student'] },
  lesson_notes: { insert: learners, update: learners },
  user_module_progress: { insert: nobody, update: nobody },
  user_activity_logs: { insert: everybody, update: nobody },
  assignments: { insert: nobody, update: nobody },
  submissions: { insert: ['student'], update: ['student'] },
  submission_reviews: { insert: reviewers, update: nobody },
  files: { insert: everybody, update: nobody },
  success_sessions: { insert: nobody, update: nobody },
  session_attendance: { insert: learners, update: nobody },
  support_tickets: { insert: everybody, update: ['student'] },
  support_ticket_replies: { insert: everybody, update: nobody },
  message_threads: { insert: everybody, update: nobody },
  // Students and mentors are entered by the server.
  thread_members: { insert: ['enrollment_manager', 'admin', 'superadmin'], update: everybody },
  messages: { insert: everybody, update: nobody },
  saved_replies: { insert: reviewers, update: reviewers },
  success_partner_messages: { insert: nobody, update: nobody },
  success_partner_credits: { insert: nobody, update: nobody },
  invoices: { insert: nobody, update: nobody },
  installment_payments: { insert: nobody, update: nobody },
  payment_proofs: { insert: nobody, update: nobody },
  billing_settings: { insert: nobody, update: nobody },
  student_notes: { insert: noteTakers, update: nobody },
  at_risk_rules: { insert: nobody, update: nobody },
  at_risk_flags: { insert: nobody, update: nobody },
  student_recovery_messages: { insert: nobody, update: nobody },
  student_recovery_checks: { insert: nobody, update: nobody },
  notifications: { insert: nobody, update: everybody },
  notification_settings: { insert: everybody, update: everybody },
  sync_rejections: { insert: nobody, update: everybody },
  company_settings: { insert: nobody, update: nobody },
  course_bundles: { insert: nobody, update: nobody },
  bundle_courses: { insert: nobody, update: nobody },
  batch_courses: { insert: nobody, update: nobody },
  batch_pathways: { insert: nobody, update: nobody },
  course_tracks: { insert: nobody, update: nobody },
  lesson_drip_overrides: { insert: nobody, update: nobody },
  batch_timeline_items: { insert: nobody, update: nobody },
  resource_sections: { insert: nobody, update: nobody },
  resources: { insert: nobody, update: nobody },
  resource_audiences: { insert: nobody, update: nobody },
  questionnaires: { insert: nobody, update: nobody },
  onboarding_responses: { insert: ['student'], update: ['student'] },
  learning_paths: { insert: nobody, update: ['student'] },
  pathway_choice_selections: { insert: ['student'], update: ['student'] },
  badges: { insert: nobody, update: nobody },
  user_badges: { insert: nobody, update: nobody },
  milestone_categories: { insert: nobody, update: nobody },
  milestones: { insert: nobody, update: nobody },
  user_milestones: { insert: nobody, update: nobody },
  certificates: { insert: nobody, update: nobody },
  leaderboard_snapshots: { insert: nobody, update: nobody },
  integrations: { insert: nobody, update: nobody },
  user_metrics: { insert: nobody, update: nobody },
  security_signals: { insert: ['student'], update: nobody },
  video_access_events: { insert: learners, update: nobody },
  error_logs: { insert: everybody, update: nobody },
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const bookkeeping = ['v', 'client_at', 'origin_device_id'];

async function writableColumns(table: string, role: Role, verb: 'INSERT' | 'UPDATE'): Promise<string[]> {
  const { rows } = await database.server.query<{ column_name: string }>(
    `select column_name from information_schema.columns where table_schema = 'public' and table_name = $1
       and has_column_privilege($2, $1, column_name, $3)`,
    [table, `app_${role}`, verb],
  );
  return rows.map((row) => row.column_name).toSorted();
}

describe.each(tableNames)('columns of %s', (name) => {
  it.each(everybody)('a device of the role %s may write', async (role) => {
    const { device } = tables[name];
    const inserted = writers[name].insert.includes(role) ? [...(device.insert ?? []), ...bookkeeping] : [];
    const updated = writers[name].update.includes(role)
      ? [...Object.keys(device.update ?? {}), ...(device.delete ? ['is_deleted'] : []), ...bookkeeping]
      : [];
    expect(await writableColumns(name, role, 'INSERT')).toEqual(inserted.toSorted());
    expect(await writableColumns(name, role, 'UPDATE')).toEqual(updated.toSorted());
  });
});

describe('a person who sends statements of their own', () => {
  let student: Person;
  let other: Person;
  let mentor: Person;
  let lesson: string;
  let assignment: string;
  let submission: string;

  beforeAll(async () => {
    const { server } = database;
    await createCompany(server);
    student = await createPerson(server, 'student');
    other = await createPerson(server, 'student');
    mentor = await createPerson(server, 'mentor');
    const course = await createCourse(server);
    lesson = await createLesson(server, await createModule(server, course));
    assignment = await createAssignment(server, lesson);
    await enrol(server, student.id, { course_id: course });
    await openLesson(server, student.id, lesson);
    submission = await createSubmission(server, student.id, assignment);
  });

  const write = (actor: Person, text: string, values: unknown[] = []): Promise<number | null> =>
    asActor(database.people, actor, async (tx) => (await tx.query(text, values)).rowCount);
  const denied = /permission denied|row-level security/;

  it('a student cannot approve its own work', async () => {
    await expect(
      write(student, "update submissions set status = 'approved' where id = $1", [submission]),
    ).rejects.toThrow(denied);
    await expect(
      write(
        student,
        `insert into submissions (assignment_id, student_id, client_submitted_at, status) values ($1, $2, now(), 'approved')`,
        [assignment, student.id],
      ),
    ).rejects.toThrow(denied);
    await expect(
      write(
        student,
        `insert into submission_reviews (submission_id, submission_version, reviewer_id, decision, reviewed_at_client)
         values ($1, 1, $2, 'approved', now())`,
        [submission, student.id],
      ),
    ).rejects.toThrow(denied);
  });

  it('a student cannot unlock a lesson', async () => {
    await expect(
      write(student, 'insert into user_unlocks (user_id, lesson_id, is_unlocked) values ($1, $2, true)', [
        student.id,
        lesson,
      ]),
    ).rejects.toThrow(denied);
    await expect(write(student, 'update user_unlocks set is_unlocked = true')).rejects.toThrow(denied);
    await expect(write(student, 'update recording_views set watched = true')).rejects.toThrow(denied);
  });

  it('a student cannot raise its role or clear its fees', async () => {
    await expect(write(student, "update users set role = 'superadmin' where id = $1", [student.id])).rejects.toThrow(
      denied,
    );
    await expect(write(student, "update users set lms_status = 'active' where id = $1", [student.id])).rejects.toThrow(
      denied,
    );
    await expect(write(student, 'update students set fees_cleared = true where id = $1', [student.id])).rejects.toThrow(
      denied,
    );
    await expect(write(student, "update invoices set status = 'paid'")).rejects.toThrow(denied);
  });

  it('nobody writes rows in the name of somebody else', async () => {
    const rows: [table: string, columns: string, values: string][] = [
      [
        'recording_views',
        'id, user_id, lesson_id',
        `'${naturalId('recording_views', other.id, lesson)}', '${other.id}', '${lesson}'`,
      ],
      [
        'recording_ratings',
        'id, user_id, lesson_id, rating',
        `'${naturalId('recording_ratings', other.id, lesson)}', '${other.id}', '${lesson}', 5`,
      ],
      ['lesson_notes', 'user_id, lesson_id, body', `'${other.id}', '${lesson}', 'note'`],
      ['user_activity_logs', 'user_id, activity_type', `'${other.id}', 'page_visit'`],
      ['submissions', 'assignment_id, student_id, client_submitted_at', `'${assignment}', '${other.id}', now()`],
      [
        'files',
        'bucket, owner_id, path, original_name, mime, bytes, sha256',
        `'attachments', '${other.id}', 'x', 'x', 'text/plain', 1, '${'0'.repeat(64)}'`,
      ],
      ['notification_settings', 'id, user_id', `'${naturalId('notification_settings', other.id)}', '${other.id}'`],
    ];
    for (const [table, columns, values] of rows) {
      await expect(write(student, `insert into ${table} (${columns}) values (${values})`), table).rejects.toThrow(
        denied,
      );
    }
  });

  it('nobody changes a row of somebody else', async () => {
    expect(await write(student, "update users set full_name = 'Mallory' where id = $1", [other.id])).toBe(0);
    await expect(
      write(mentor, 'update submissions set withdraw_requested_at = now() where id = $1', [submission]),
    ).rejects.toThrow(denied);
  });

  it('a mentor reviews only what is in scope, under the own name', async () => {
    const review = `insert into submission_reviews (submission_id, submission_version, reviewer_id, decision, reviewed_at_client)
      values ($1, 1, $2, 'approved', now())`;
    await expect(write(mentor, review, [submission, mentor.id])).rejects.toThrow(denied);
    await database.server.query('insert into student_mentor_assignments (student_id, mentor_id) values ($1, $2)', [
      student.id,
      mentor.id,
    ]);
    await expect(write(mentor, review, [submission, other.id])).rejects.toThrow(denied);
    expect(await write(mentor, review, [submission, mentor.id])).toBe(1);
    const { rows } = await database.server.query('select outcome from submission_reviews where submission_id = $1', [
      submission,
    ]);
    // A verdict counts only once the server has carried it out.
    expect(rows).toEqual([{ outcome: 'rejected' }]);
  });

  it('a file goes only into the buckets that people fill', async () => {
    const file = `insert into files (bucket, owner_id, path, original_name, mime, bytes, sha256)
      values ($1, $2, gen_random_uuid()::text, 'plan.pdf', 'application/pdf', 1, repeat('0', 64))`;
    expect(await write(student, file, ['assignment-submissions', student.id])).toBe(1);
    await expect(write(student, file, ['lesson-media', student.id])).rejects.toThrow(denied);
    await expect(write(student, file, ['company-logos', student.id])).rejects.toThrow(denied);
  });

  it('a file is linked to own work or the own picture, never to a lesson or to the work of others', async () => {
    const file = `insert into files (bucket, owner_id, path, original_name, mime, bytes, sha256, linked_table, linked_id)
      values ('attachments', $1, gen_random_uuid()::text, 'plan.pdf', 'application/pdf', 1, repeat('0', 64), $2, $3)`;
    expect(await write(student, file, [student.id, 'submissions', submission])).toBe(1);
    expect(await write(student, file, [student.id, 'users', student.id])).toBe(1);
    for (const [table, id] of [
      ['recording_attachments', lesson],
      ['available_lessons', lesson],
      ['users', other.id],
      ['mentors', mentor.id],
    ]) {
      await expect(write(student, file, [student.id, table, id]), table).rejects.toThrow(denied);
    }
    await expect(write(other, file, [other.id, 'submissions', submission])).rejects.toThrow(denied);
  });

  it('an id that does not follow from the natural key is refused', async () => {
    const view = 'insert into recording_views (id, user_id, lesson_id) values ($1, $2, $3)';
    await expect(write(student, view, ['018f3c1e-0000-7000-8000-000000000001', student.id, lesson])).rejects.toThrow(
      /natural key/,
    );
    expect(await write(student, view, [naturalId('recording_views', student.id, lesson), student.id, lesson])).toBe(1);
  });

  it('a row keeps the token its writer brought and gets a new one otherwise', async () => {
    const token = '018f3c1e-0000-7000-8000-00000000000a';
    const read = async (): Promise<{ v: string; updated_at: string }> =>
      (
        await database.server.query<{ v: string; updated_at: string }>(
          'select v, updated_at from users where id = $1',
          [other.id],
        )
      ).rows[0]!;
    await database.server.query('update users set full_name = $2, v = $3 where id = $1', [other.id, 'Renamed', token]);
    const first = await read();
    expect(first.v).toBe(token);
    await database.server.query('update users set full_name = $2 where id = $1', [other.id, 'Renamed']);
    expect(await read()).toEqual(first);
    await database.server.query('update users set full_name = $2 where id = $1', [other.id, 'Renamed again']);
    expect((await read()).v).not.toBe(token);
  });
});
