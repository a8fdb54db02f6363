import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles, type Role } from '#contract/roles.ts';
import { openStage, type Stage } from './stage.fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const statusOf = async (role: Role, name: string, input: unknown): Promise<number> =>
  (await stage.command(role, name, input)).status;

const staffOnly = ['admin', 'superadmin'];
const withManagers = ['enrollment_manager', ...staffOnly];
const someone = randomUUID();
const reason = 'because of a test';

/** An input that is well formed and concerns nobody: who may call at all hears NOT_FOUND or the like, everybody else 403. */
const commands: [name: string, allowed: readonly string[], input: unknown][] = [
  ['create-enhanced-team-member', staffOnly, { email: 'x@y.test', full_name: 'Some Body', role: 'student' }],
  ['create-enhanced-student', withManagers, { email: 'x@y.test', full_name: 'Some Body', course_id: someone }],
  ['update-student-details', withManagers, { user_id: someone, full_name: 'Some Body' }],
  ['change-role', ['superadmin'], { user_id: someone, role: 'mentor', reason }],
  ['admin-reset-password', staffOnly, { user_id: someone }],
  ['set-login-blocked', staffOnly, { user_id: someone, blocked: true, reason }],
  ['revoke-user-device', staffOnly, { user_id: someone, device_id: someone, reason }],
  ['delete-user', staffOnly, { user_id: someone, mode: 'deactivate', reason, confirm_email: 'x@y.test' }],
  ['delete-user', ['superadmin'], { user_id: someone, mode: 'erase', reason, confirm_email: 'x@y.test' }],
  ['reactivate-user', staffOnly, { user_id: someone, reason }],
  ['suspend-student', staffOnly, { user_id: someone, cause: 'manual', reason }],
  ['lift-suspension', staffOnly, { user_id: someone, suspension_id: someone, reason }],
  ['schedule-suspension', staffOnly, { user_id: someone, starts_at: '2099-01-01T00:00:00.000Z', reason }],
  ['cancel-scheduled-suspension', staffOnly, { user_id: someone, scheduled_suspension_id: someone }],
  ['set-student-outcome', staffOnly, { user_id: someone, outcome: 'dropout', reason }],
  ['assign-mentor', staffOnly, { student_id: someone, mentor_id: someone }],
  ['unassign-mentor', staffOnly, { student_id: someone, mentor_id: someone }],
  ['manage-enrollment', withManagers, { action: 'grant', student_id: someone, course_id: someone }],
  ['manage-enrollment', staffOnly, { action: 'terminate', enrollment_id: someone, reason }],
  ['unlock-lesson', staffOnly, { user_id: someone, lesson_id: someone, reason }],
  ['remove-manual-unlock', staffOnly, { user_id: someone, lesson_id: someone, reason }],
];

test.each(commands)('%s is for %s only', async (name, allowed, input) => {
  for (const role of roles) {
    const status = await statusOf(role, name, input);
    if (allowed.includes(role)) expect([404, 422]).toContain(status);
    else expect([role, status]).toEqual([role, 403]);
  }
});

test('a refused command leaves a line in the audit trail, without what was given', async () => {
  const secret = 'nobody-should-see@this.test';
  await stage.command('mentor', 'create-enhanced-team-member', { email: secret, full_name: 'A B C', role: 'admin' });
  const lines = await stage.rows<{ line: string; data: unknown; performed_by: string }>(
    `select data, performed_by, admin_logs::text as line from admin_logs where action = 'command_failed' and performed_by = $1
     order by created_at desc limit 1`,
    [stage.staff.mentor.id],
  );
  expect(lines[0]).toMatchObject({ data: { command: 'create-enhanced-team-member', code: 'PERMISSION_DENIED' } });
  expect(lines[0]!.line).not.toContain(secret);
});

test('accounts of admins and superadmins are made, reset and closed by superadmins only', async () => {
  const admin = await stage.person('admin');
  for (const role of ['admin', 'superadmin'])
    expect(
      await statusOf('admin', 'create-enhanced-team-member', { email: `${role}@new.test`, full_name: 'A B C', role }),
    ).toBe(403);
  expect(await statusOf('admin', 'admin-reset-password', { user_id: admin.id })).toBe(403);
  const closing = { user_id: admin.id, mode: 'deactivate', reason, confirm_email: admin.email };
  expect(await statusOf('admin', 'delete-user', closing)).toBe(403);
  expect(await statusOf('superadmin', 'delete-user', closing)).toBe(200);
});

test('nobody bans himself, and no superadmin is banned', async () => {
  const { superadmin, admin } = stage.staff;
  const other = await stage.person('superadmin');
  const ban = (role: Role, user_id: string) => statusOf(role, 'set-login-blocked', { user_id, blocked: true, reason });
  expect(await ban('superadmin', superadmin.id)).toBe(403);
  expect(await ban('superadmin', other.id)).toBe(403);
  expect(await ban('admin', admin.id)).toBe(403);
  await stage.rows(`update users set status = 'inactive' where id = $1`, [other.id]);
});

test('the last superadmin stays, whoever asks', async () => {
  const { superadmin } = stage.staff;
  const second = await stage.person('superadmin');
  const step = { user_id: superadmin.id, role: 'admin', reason };
  // The second one may take the first one down; then nobody is left to do the same.
  expect((await stage.command(second, 'change-role', step)).status).toBe(200);
  const own = { user_id: second.id, role: 'admin', reason };
  expect((await stage.command(second, 'change-role', own)).status).toBe(403);
  const rest = { user_id: second.id, mode: 'deactivate', reason, confirm_email: second.email };
  expect((await stage.command(second, 'delete-user', rest)).status).toBe(403);
  await stage.rows(`update users set role = 'superadmin' where id = $1`, [superadmin.id]);
  await stage.rows(`update users set login_blocked = true where id = $1`, [superadmin.id]);
  const operator = await stage.rows<{ n: number }>(
    `select count(*)::int as n from users where role = 'superadmin' and status = 'active' and not login_blocked`,
  );
  expect(operator).toEqual([{ n: 1 }]);
});
