import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { assignMentor, createDevice } from '../../testing/people.ts';
import { password } from './stage.fixture.ts';
import { openPeopleForTests, stage, reason, type Created, student, auditOf, mailsTo } from './people.fixture.ts';

openPeopleForTests();

test('enrolment managers change only students they made, and never the address', async () => {
  const made = await stage.command<Created>('enrollment_manager', 'create-enhanced-student', student());
  const own = made.data.user_id;
  const foreign = await stage.person('student');
  const rename = (user_id: string, more = {}) =>
    stage.command<{ v: string }>('enrollment_manager', 'update-student-details', {
      user_id,
      full_name: 'New Name',
      ...more,
    });
  expect((await rename(own)).status).toBe(200);
  expect((await rename(own, { email: 'other@new.test' })).status).toBe(403);
  expect((await rename(foreign.id)).status).toBe(404);
  await stage.rows('update company_settings set em_sees_all_students = true');
  expect((await rename(foreign.id)).status).toBe(200);
  await stage.rows('update company_settings set em_sees_all_students = false');
});

test('a change of address tells both, keeps the session, and a stale revision is refused', async () => {
  const person = await stage.person('student');
  const { call } = await stage.clientOf(person);
  const [seen] = await stage.rows<{ v: string }>('select v from users where id = $1', [person.id]);
  const change = (email: string) =>
    stage.command('admin', 'update-student-details', { user_id: person.id, email, expected_revision: seen!.v });
  const fresh = `fresh-${randomUUID().slice(0, 8)}@new.test`;
  expect((await change(fresh)).status).toBe(200);
  expect((await change('stale@new.test')).code).toBe('CONFLICT');
  const told = await stage.rows<{ to: string }>(
    `select recipient_email as to from email_queue where user_id = $1 and template_key = 'email_changed' order by 1`,
    [person.id],
  );
  expect(told.map(({ to }) => to)).toEqual([fresh, person.email]);
  expect((await call('POST', '/functions/v1/whoami')).status).toBe(200);
  expect((await auditOf(person.id)).at(-1)!.data).toEqual({ before: { email: person.email }, after: { email: fresh } });
});

test('a reset sends a link and shows no secret', async () => {
  const person = await stage.person('mentor');
  expect((await stage.command('admin', 'admin-reset-password', { user_id: person.id })).data).toEqual({
    user_id: person.id,
    email_status: expect.objectContaining({ status: expect.any(String) as string }) as unknown,
  });
  expect((await mailsTo(person.id)).map(({ template_key }) => template_key)).toEqual(['password_reset']);
  expect(await stage.rows('select from one_time_tokens where user_id = $1', [person.id])).toEqual([]);
});

test('a ban signs out everywhere, revokes devices, and is lifted', async () => {
  const person = await stage.person('mentor');
  const { call } = await stage.clientOf(person);
  const set = (blocked: boolean) =>
    stage.command('admin', 'set-login-blocked', { user_id: person.id, blocked, reason });
  expect((await set(true)).status).toBe(200);
  expect((await call('POST', '/functions/v1/whoami')).status).toBe(401);
  expect(await stage.rows('select from devices where user_id = $1 and revoked_at is null', [person.id])).toEqual([]);
  await expect(stage.server.signIn(person.email, password)).rejects.toMatchObject({ code: 'user_banned' });
  expect((await set(false)).status).toBe(200);
  expect((await stage.server.signIn(person.email, password)).userId).toBe(person.id);
  expect((await auditOf(person.id)).map(({ action }) => action)).toEqual(['login_banned', 'login_unbanned']);
});

test('a change of role ends sessions and what the old role was trusted with', async () => {
  const person = await stage.person('mentor');
  const pupil = await stage.person('student');
  await assignMentor(stage.database.server, person.id, pupil.id);
  const { call, deviceId } = await stage.clientOf(person);
  const answer = await stage.command('superadmin', 'change-role', {
    user_id: person.id,
    role: 'enrollment_manager',
    reason,
  });
  expect(answer.data).toEqual({ user_id: person.id, before: 'mentor', after: 'enrollment_manager' });
  expect((await call('POST', '/functions/v1/whoami')).status).toBe(401);
  const left = await stage.rows(
    `select (select count(*)::int from student_mentor_assignments where mentor_id = $1 and ended_at is null) as students,
       (select is_deleted from mentors where id = $1) as unlisted,
       (select wipe_requested_at is not null from devices where id = $2) as wipes`,
    [person.id, deviceId],
  );
  expect(left).toEqual([{ students: 0, unlisted: true, wipes: true }]);
});

test('a device of somebody is signed out for good', async () => {
  const person = await stage.person('student');
  const { call, deviceId } = await stage.clientOf(person);
  const revoke = (device_id: string) =>
    stage.command('admin', 'revoke-user-device', { user_id: person.id, device_id, reason });
  expect((await revoke(await createDevice(stage.database.server, stage.staff.mentor.id))).status).toBe(404);
  expect((await revoke(deviceId)).data).toMatchObject({ device_id: deviceId, ended: 1 });
  expect((await call('POST', '/functions/v1/whoami')).status).toBe(401);
});
