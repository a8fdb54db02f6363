import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asActor } from '../../db/as-actor.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { openCommandStage, type CommandStage } from '../../testing/command-stage.ts';

let stage: CommandStage;
let student: string;
beforeAll(async () => {
  stage = await openCommandStage();
  student = stage.people.student.id;
});
afterAll(() => stage.close());

const add = (table: string, row: Parameters<typeof insertRow>[2]) => insertRow(stage.database.server, table, row);

describe('presence', () => {
  const presence = () =>
    stage.rows(
      'select current_activity, ip_address is not null as known_address, ended_at is not null as ended from student_sessions where user_id = $1',
      [student],
    );

  test('is one row per session, and ends with it', async () => {
    const lesson = '018f3c1e-0000-7000-8000-000000000001';
    for (const current_activity of [{ kind: 'lesson', id: lesson }, { kind: 'messages' }])
      expect(await stage.command('student', 'report-presence', { current_activity })).toMatchObject({ status: 200 });
    expect(await presence()).toEqual([{ current_activity: { kind: 'messages' }, known_address: true, ended: false }]);
    await stage.rows('update auth_sessions set revoked_at = now() where user_id = $1', [student]);
    expect(await presence()).toMatchObject([{ ended: true }]);
    await stage.rows('update auth_sessions set revoked_at = null where user_id = $1', [student]);
  });

  test('says nothing of where somebody is', async () => {
    for (const place of [{ latitude: 24.86 }, { current_activity: { kind: 'other', latitude: 24.86 } }])
      expect(await stage.command('student', 'report-presence', place)).toMatchObject({ status: 422 });
    expect(
      await stage.rows(
        "select column_name from information_schema.columns where table_name = 'student_sessions' and column_name ~ 'latitude|longitude|accuracy'",
      ),
    ).toEqual([]);
  });

  test('shows its own person no address, and staff do see it', async () => {
    const read = (role: 'student' | 'admin', columns: string) =>
      asActor(
        stage.database.people,
        stage.people[role],
        async (tx) => (await tx.query(`select ${columns} from student_sessions`)).rows,
      );
    expect(await read('student', 'user_id')).toEqual([{ user_id: student }]);
    await expect(read('student', 'ip_address')).rejects.toThrow(/permission denied/);
    expect(await read('admin', 'ip_address')).toHaveLength(1);
    expect(
      await asActor(
        stage.database.people,
        stage.people.mentor,
        async (tx) => (await tx.query('select user_id from student_sessions')).rows,
      ),
    ).toEqual([]);
  });
});

test('staff put signals aside and write to the student; nobody else does', async () => {
  const signal = await add('security_signals', { student_id: student, signal_type: 'devtools' });
  const incident = await add('security_incidents', { user_id: student, signal: 'devtools' });
  const warning = { incident_id: incident, note: 'Please watch the lessons in the app.' };
  for (const role of ['student', 'mentor', 'enrollment_manager'] as const) {
    expect(await stage.command(role, 'dismiss-security-signal', { id: signal })).toMatchObject({ status: 403 });
    expect(await stage.command(role, 'warn-about-content-use', warning)).toMatchObject({ status: 403 });
  }
  expect(await stage.command('admin', 'dismiss-security-signal', { id: signal })).toMatchObject({ status: 200 });
  for (let time = 0; time < 2; time++)
    expect(await stage.command('admin', 'warn-about-content-use', warning)).toMatchObject({ status: 200 });
  expect(await stage.rows('select dismissed from security_signals where id = $1', [signal])).toEqual([
    { dismissed: true },
  ]);
  expect(await stage.rows('select action_taken from security_incidents where id = $1', [incident])).toEqual([
    { action_taken: 'warned' },
  ]);
  expect(
    await stage.rows("select body from email_queue where user_id = $1 and template_key = 'content_warning'", [student]),
  ).toEqual([{ body: 'Please watch the lessons in the app.' }]);
  expect(await stage.rows('select status from users where id = $1', [student])).toEqual([{ status: 'active' }]);
});

test('superadmins look after faults, and only they', async () => {
  const fault = await add('error_logs', { user_id: student, error_type: 'ui', error_message: 'x' });
  for (const role of ['student', 'mentor', 'enrollment_manager', 'admin'] as const)
    expect(await stage.command(role, 'resolve-error', { id: fault })).toMatchObject({ status: 403 });
  expect(await stage.command('superadmin', 'resolve-error', { id: fault })).toMatchObject({ status: 200 });
  expect(await stage.rows('select resolved, resolved_by from error_logs where id = $1', [fault])).toEqual([
    { resolved: true, resolved_by: stage.people.superadmin.id },
  ]);
  expect(await stage.command('superadmin', 'resolve-error', { id: student })).toMatchObject({ status: 404 });
});
