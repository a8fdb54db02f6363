import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertRow } from '../../seed/insert-rows.ts';
import { createAssignment, createDevice, createSubmission, enrol, type Person } from '../../testing/people.ts';
import { objectKey } from '../files/index.ts';
import { openStage, password, type Stage } from './stage.fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const reason = 'asked to be forgotten';
const remove = (person: Person, mode: 'deactivate' | 'erase', who: 'admin' | 'superadmin' = 'superadmin') =>
  stage.command<{ done_at: string }>(who, 'delete-user', {
    user_id: person.id,
    mode,
    reason,
    confirm_email: person.email,
  });

test('a deactivated account is signed out, cannot come back by itself, and is reopened with what was open against it', async () => {
  const person = await stage.person('mentor');
  const { call } = await stage.clientOf(person);
  const wrong = { user_id: person.id, mode: 'deactivate', reason, confirm_email: 'other@example.test' };
  expect((await stage.command('admin', 'delete-user', wrong)).status).toBe(422);
  const done = await remove(person, 'deactivate', 'admin');
  expect(done.status).toBe(200);
  expect((await remove(person, 'deactivate', 'admin')).data.done_at.slice(0, 16)).toBe(done.data.done_at.slice(0, 16));
  expect((await call('POST', '/functions/v1/whoami')).status).toBe(401);
  await expect(stage.server.signIn(person.email, password)).rejects.toMatchObject({ code: 'user_banned' });
  const open = await stage.command('admin', 'reactivate-user', { user_id: person.id, reason });
  expect(open.data).toEqual({ user_id: person.id, status: 'active' });
  expect((await stage.server.signIn(person.email, password)).userId).toBe(person.id);
});

test('erasing takes deactivating first', async () => {
  const person = await stage.person('student');
  expect((await remove(person, 'erase')).code).toBe('CONFLICT');
  expect((await remove(person, 'erase', 'admin')).status).toBe(403);
});

test('erasing removes the person and every text, and keeps money, verdicts and the trail', async () => {
  const { database, server } = stage;
  const person = await stage.person('student', { full_name: 'Zubaida Before', phone: '+923007654321' });
  const renamed = { user_id: person.id, full_name: 'Zubaida Unforgettable' };
  expect((await stage.command('admin', 'update-student-details', renamed)).status).toBe(200);
  const traces = ['Zubaida', person.email, '+923007654321', 'my secret thoughts'];
  await server.signIn(person.email, password);
  await createDevice(database.server, person.id, { label: "Zubaida's laptop" });
  const enrolment = await enrol(database.server, person.id, { course_id: stage.course });
  const invoice = await insertRow(database.server, 'invoices', {
    student_id: person.id,
    enrollment_id: enrolment,
    installment_number: 1,
    amount: 300_000,
    currency: 'PKR',
    due_date: new Date().toISOString(),
    status: 'paid',
  });
  const task = await createAssignment(database.server, stage.lessons[0]!);
  const work = await createSubmission(database.server, person.id, task, {
    content: 'my secret thoughts',
    status: 'approved',
  });
  await insertRow(database.server, 'lesson_notes', {
    user_id: person.id,
    lesson_id: stage.lessons[0],
    body: 'my secret thoughts',
  });
  await insertRow(database.server, 'recording_ratings', {
    user_id: person.id,
    lesson_id: stage.lessons[0],
    rating: 1,
    feedback: 'my secret thoughts',
  });
  const file = await insertRow(database.server, 'files', {
    bucket: 'student-documents',
    owner_id: person.id,
    path: `${person.id}/onboarding/paper.pdf`,
    original_name: 'Zubaida.pdf',
    mime: 'application/pdf',
    bytes: 3,
    sha256: 'a'.repeat(64),
    status: 'ready',
  });
  // The search proves itself first.
  expect((await findTraces(person.id, traces)).length).toBeGreaterThan(8);
  expect((await remove(person, 'deactivate')).status).toBe(200);
  const erased = await remove(person, 'erase');
  expect(erased.status).toBe(200);
  expect((await remove(person, 'erase')).status).toBe(200);

  expect(await findTraces(person.id, traces)).toEqual([]);
  const kept = await stage.rows(
    `select (select status from invoices where id = $1) as invoice, (select status from submissions where id = $2) as work,
       (select count(*)::int from admin_logs where target_user_id = $3) > 1 as trail,
       (select count(*)::int from user_credentials where user_id = $3) as credentials,
       (select count(*)::int from auth_sessions where user_id = $3) as sessions`,
    [invoice, work, person.id],
  );
  expect(kept).toEqual([{ invoice: 'paid', work: 'approved', trail: true, credentials: 0, sessions: 0 }]);
  await expect(server.signIn(person.email, password)).rejects.toMatchObject({ code: 'invalid_credentials' });
  // The bytes go a moment later, by the job of the files.
  const jobs = await stage.rows<{ payload: { keys: string[] } }>(
    `select payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'files.remove-bytes'`,
  );
  expect(jobs.map(({ payload }) => payload.keys)).toEqual([[objectKey('student-documents', file)]]);
  // The address is free for somebody else.
  await expect(stage.person('student', { email: person.email })).resolves.toMatchObject({ email: person.email });
});

/** Looks into every text of every table, published rows and the audit trail included. */
async function findTraces(id: string, traces: string[]): Promise<string[]> {
  const tables = await stage.rows<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await stage.rows<{ line: string }>(`select t::text as line from ${name} t where t::text ~* $1`, [
      traces.map((trace) => trace.replaceAll(/[+.]/g, (sign) => `\\${sign}`)).join('|'),
    ]);
    for (const { line } of rows) found.push(`${name}: ${line}`);
  }
  return found.map((line) => line.replaceAll(id, '<id>'));
}

test('an erased person’s device is asked to wipe, also one that synced after an earlier wipe', async () => {
  const { database } = stage;
  const person = await stage.person('student');
  const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];
  const unasked = await createDevice(database.server, person.id);
  const again = await createDevice(database.server, person.id, {
    wipe_requested_at: early,
    wiped_at: early,
    last_sync_at: late,
  });
  const empty = await createDevice(database.server, person.id, {
    wipe_requested_at: early,
    wiped_at: late,
    last_sync_at: early,
  });
  // Closed by other means than ours, which asked no device.
  await stage.rows("update users set status = 'inactive' where id = $1", [person.id]);
  expect((await remove(person, 'erase')).status).toBe(200);
  const asked = await stage.rows<{ id: string }>(
    'select id from devices where user_id = $1 and wipe_requested_at is not null and wiped_at is null order by id',
    [person.id],
  );
  expect(asked.map(({ id }) => id)).toEqual([unasked, again].toSorted());
  expect(await stage.rows('select revoked_at is not null as shut from devices where id = $1', [empty])).toEqual([
    { shut: true },
  ]);
});

test('mentors leave their waiting work to others', async () => {
  const mentor = await stage.person('mentor');
  const pupil = await stage.person('student');
  const task = await createAssignment(stage.database.server, stage.lessons[0]!);
  const work = await createSubmission(stage.database.server, pupil.id, task, { assigned_to: mentor.id });
  await remove(mentor, 'deactivate', 'admin');
  expect(await stage.rows('select assigned_to from submissions where id = $1', [work])).toEqual([
    { assigned_to: null },
  ]);
});
