import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Enrolled } from '#contract/api/accounts.ts';
import { assignMentor, createBatch, createDevice, createPathway, enrol } from '../../testing/people.ts';
import { openStage, password, type Stage } from './stage.fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const reason = 'because of a test';
type Created = { user_id: string; student_number: string; enrolment: Enrolled; email_status: { status: string } };
const student = (more: Record<string, unknown> = {}) => ({
  full_name: 'Sana Iqbal',
  email: `sana-${randomUUID().slice(0, 8)}@new.test`,
  course_id: stage.course,
  ...more,
});
const auditOf = (id: string) =>
  stage.rows<{ action: string; data: Record<string, unknown>; performed_by: string | null }>(
    `select l.action, coalesce(p.data, l.data) as data, l.performed_by from admin_logs l left join admin_log_people p using (id)
     where l.target_user_id = $1 order by l.created_at`,
    [id],
  );
const mailsTo = (id: string) =>
  stage.rows<{ template_key: string; payload: Record<string, unknown>; body: string | null }>(
    'select template_key, payload, body from email_queue where user_id = $1 order by id',
    [id],
  );

test('a member of the team gets an account, a role row and a mail with a link made later, and can do nothing before', async () => {
  const email = 'nadia@new.test';
  const made = await stage.command<{ user_id: string }>('admin', 'create-enhanced-team-member', {
    email: 'Nadia@New.test ',
    full_name: 'Nadia Khan',
    role: 'mentor',
    phone: '92 300 1234567',
  });
  expect(made.status).toBe(200);
  const id = made.data.user_id;
  const rows = await stage.rows(
    `select email::text, phone, role, is_temp_password, created_by, exists (select from mentors m where m.id = u.id) as listed,
       exists (select from user_credentials c where c.user_id = u.id) as has_password from users u where id = $1`,
    [id],
  );
  expect(rows).toEqual([
    {
      email,
      phone: '+923001234567',
      role: 'mentor',
      is_temp_password: true,
      created_by: stage.staff.admin.id,
      listed: true,
      has_password: false,
    },
  ]);
  expect(await mailsTo(id)).toEqual([
    { template_key: 'team_welcome', body: null, payload: { name: 'Nadia Khan', login_email: email, role: 'mentor' } },
  ]);
  expect((await auditOf(id)).map(({ action }) => action)).toEqual(['user_created']);
  const again = { email, full_name: 'Other Person', role: 'mentor' };
  expect(await stage.command('admin', 'create-enhanced-team-member', again)).toMatchObject({
    code: 'CONFLICT',
    details: { reason: 'EMAIL_EXISTS' },
  });
});

test('the same key makes one student, with number, enrolment, snapshot, settings, audit and notices', async () => {
  const key = randomUUID();
  const input = student({ whatsapp_opt_in: true, discount: { type: 'percentage', value: 10, reason: 'Early' } });
  const made = await stage.command<Created>('admin', 'create-enhanced-student', input, key);
  const again = await stage.command<Created>('admin', 'create-enhanced-student', input, key);
  expect(again.data).toEqual(made.data);
  expect(made.data.student_number).toMatch(/^STU\d{6}$/);
  const id = made.data.user_id;
  const enrolment = await stage.rows(
    `select course_id, total_amount, payment_status, snapshot_price, snapshot_source, discount_percentage, discount_reason
     from course_enrollments where student_id = $1`,
    [id],
  );
  expect(enrolment).toEqual([
    {
      course_id: stage.course,
      total_amount: 270_000,
      payment_status: 'pending',
      snapshot_price: 300_000,
      snapshot_source: 'course',
      discount_percentage: 10,
      discount_reason: 'Early',
    },
  ]);
  expect(await stage.rows('select lms_status from users where id = $1', [id])).toEqual([{ lms_status: 'inactive' }]);
  expect(await stage.rows('select whatsapp_opt_in from notification_settings where user_id = $1', [id])).toEqual([
    { whatsapp_opt_in: true },
  ]);
  expect((await auditOf(id)).map(({ action }) => action).toSorted()).toEqual([
    'course_enrolled',
    'discount_applied',
    'invoice_created',
    'student_created',
  ]);
  const told = await stage.rows<{ user_id: string }>(
    `select user_id from notifications where template_key = 'student_added' and payload ->> 'link' = $1`,
    [`student/${id}`],
  );
  expect(told.map(({ user_id }) => user_id)).toEqual([stage.staff.superadmin.id]);
});

test('what is free opens at once, its first lesson too', async () => {
  const made = await stage.command<Created>('admin', 'create-enhanced-student', student({ total_amount: 0 }));
  expect(made.data.enrolment).toMatchObject({ payment_status: 'waived', invoices: [] });
  const id = made.data.user_id;
  expect(
    await stage.rows('select lms_status, fees_cleared from users join students using (id) where id = $1', [id]),
  ).toEqual([{ lms_status: 'active', fees_cleared: true }]);
  const open = await stage.rows('select lesson_id, source from user_unlocks where user_id = $1 and is_unlocked', [id]);
  expect(open).toEqual([{ lesson_id: stage.lessons[0], source: 'first_lesson' }]);
});

test('the fee comes in parts, the first of them issued; what fails leaves no account behind', async () => {
  const made = await stage.command<Created>('admin', 'create-enhanced-student', student({ installment_count: 3 }));
  expect(made.data.enrolment.invoices.map(({ amount, status }) => ({ amount, status }))).toEqual([
    { amount: 100_000, status: 'pending' },
    { amount: 100_000, status: 'scheduled' },
    { amount: 100_000, status: 'scheduled' },
  ]);
  await stage.rows(
    `create function refuse_invoices() returns trigger language plpgsql as $$ begin raise exception 'no invoices today'; end $$`,
  );
  await stage.rows(
    'create trigger refuse_invoices before insert on invoices for each row execute function refuse_invoices()',
  );
  const input = student();
  const failed = await stage.command('admin', 'create-enhanced-student', input);
  await stage.rows('drop function refuse_invoices cascade');
  expect(failed.status).toBe(500);
  expect(await stage.rows('select from users where email = $1', [input.email])).toEqual([]);
});

test('no target, a closed batch, too many parts and a taken number leave nothing behind', async () => {
  const count = async () => (await stage.rows<{ n: number }>('select count(*)::int as n from users'))[0]!.n;
  const before = await count();
  const over = await createBatch(stage.database.server, { status: 'completed', course_ids: [stage.course] });
  const other = await createPathway(stage.database.server, [stage.course]);
  const elsewhere = await createBatch(stage.database.server, { pathway_id: other });
  const { phone: _phone, ...noTarget } = { ...student({ course_id: undefined }), phone: undefined };
  const refusals = await Promise.all([
    stage.command('admin', 'create-enhanced-student', noTarget),
    stage.command('admin', 'create-enhanced-student', student({ batch_id: over })),
    stage.command('admin', 'create-enhanced-student', student({ batch_id: elsewhere })),
    stage.command('admin', 'create-enhanced-student', student({ installment_count: 12 })),
    stage.command('admin', 'create-enhanced-student', student({ phone: '0300 1234567' })),
    stage.command('admin', 'create-enhanced-student', student({ phone: '+92 300 1234567' })),
    stage.command('enrollment_manager', 'create-enhanced-student', student({ discount: { type: 'fixed', value: 1 } })),
    stage.command('enrollment_manager', 'create-enhanced-student', student({ total_amount: 1 })),
  ]);
  expect(refusals.map(({ code, details }) => (Array.isArray(details) ? code : (details?.['reason'] ?? code)))).toEqual([
    'NO_ENROLLMENT_TARGET',
    'BATCH_CLOSED',
    'NO_ENROLLMENT_TARGET',
    'INVALID_INPUT',
    'INVALID_PHONE_FORMAT',
    'PHONE_EXISTS',
    'DISCOUNT_LIMIT',
    'PERMISSION_DENIED',
  ]);
  expect(await count()).toBe(before);
});

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

test('a mentor has a capacity, which can be overridden; a new primary takes the place of the old', async () => {
  const [one, two] = [await stage.person('mentor'), await stage.person('mentor')];
  const pupil = await stage.person('student');
  await stage.rows('update mentors set max_students = 0 where id = $1', [two.id]);
  const assign = (mentor_id: string, more = {}) =>
    stage.command('admin', 'assign-mentor', { student_id: pupil.id, mentor_id, ...more });
  expect((await assign(one.id)).data).toMatchObject({ mentor_id: one.id, is_primary: true });
  expect((await assign(two.id)).details).toEqual({ reason: 'MENTOR_FULL' });
  expect((await assign(two.id, { override_capacity: true })).data).toMatchObject({ is_primary: true });
  expect((await assign(stage.staff.admin.id)).status).toBe(422);
  const held = await stage.rows(
    'select mentor_id, is_primary from student_mentor_assignments where student_id = $1 order by is_primary',
    [pupil.id],
  );
  expect(held).toEqual([
    { mentor_id: one.id, is_primary: false },
    { mentor_id: two.id, is_primary: true },
  ]);
  const end = () => stage.command('admin', 'unassign-mentor', { student_id: pupil.id, mentor_id: two.id });
  expect((await end()).status).toBe(200);
  expect((await end()).status).toBe(404);
  const notices = await stage.rows(
    `select user_id from notifications where template_key = 'mentor_assigned' and user_id = any($1)`,
    [[one.id, two.id, pupil.id]],
  );
  expect(notices).toHaveLength(4);
});

test('a lesson is opened by hand and taken back while it is not watched', async () => {
  const pupil = await stage.person('student');
  await enrol(stage.database.server, pupil.id, { course_id: stage.course });
  const [, second] = stage.lessons;
  const open = (name: string, lesson_id = second!) =>
    stage.command('admin', name, { user_id: pupil.id, lesson_id, reason });
  expect((await open('unlock-lesson')).data).toMatchObject({ is_unlocked: true, lesson_reason: 'manually_unlocked' });
  expect((await open('remove-manual-unlock')).data).toMatchObject({ is_unlocked: false });
  expect((await open('unlock-lesson', randomUUID())).status).toBe(404);
  await open('unlock-lesson');
  await stage.rows(
    'insert into recording_views (user_id, lesson_id, watched, watched_at, last_watched_at) values ($1, $2, true, now(), now())',
    [pupil.id, second],
  );
  expect((await open('remove-manual-unlock')).code).toBe('CONFLICT');
  expect((await auditOf(pupil.id)).filter(({ action }) => action === 'admin_override_unlock')[0]!.data).toMatchObject({
    reason,
  });
});

test('an enrolment is granted, ended, reactivated, moved, adjusted and renewed; each leaves its trace', async () => {
  const pupil = await stage.person('student', { lms_status: 'inactive' });
  const manage = <T = { enrollment_id: string; status: string; v: string }>(
    input: Record<string, unknown>,
    who: 'admin' | 'enrollment_manager' = 'admin',
  ) => stage.command<T>(who, 'manage-enrollment', input);
  const granted = await manage({ action: 'grant', student_id: pupil.id, course_id: stage.course, total_amount: 0 });
  const { enrollment_id } = granted.data;
  expect(await manage({ action: 'grant', student_id: pupil.id, course_id: stage.course })).toMatchObject({
    details: { reason: 'DUPLICATE_ENROLLMENT' },
  });
  expect(
    (await manage({ action: 'grant', student_id: pupil.id, course_id: stage.course }, 'enrollment_manager')).status,
  ).toBe(404);
  const ended = await manage({ action: 'terminate', enrollment_id, reason, expected_revision: granted.data.v });
  expect(ended.data.status).toBe('cancelled');
  expect(
    (
      await manage({
        action: 'renew',
        enrollment_id,
        access_expires_at: '2099-01-01T00:00:00.000Z',
        reason,
        expected_revision: granted.data.v,
      })
    ).code,
  ).toBe('CONFLICT');
  expect(await stage.rows('select lms_status from users where id = $1', [pupil.id])).toEqual([
    { lms_status: 'inactive' },
  ]);
  const locked = await stage.rows('select from user_unlocks where user_id = $1 and is_unlocked', [pupil.id]);
  expect(locked).toEqual([]);
  expect((await manage({ action: 'reactivate', enrollment_id, reason })).data.status).toBe('active');
  const batch = await createBatch(stage.database.server, { course_ids: [stage.course] });
  const [other] = await stage.rows<{ id: string }>(`insert into courses (title) values ('Elsewhere') returning id`);
  const wrong = await createBatch(stage.database.server, { course_ids: [other!.id] });
  expect((await manage({ action: 'move_batch', enrollment_id, batch_id: wrong })).status).toBe(422);
  expect((await manage({ action: 'move_batch', enrollment_id, batch_id: batch })).status).toBe(200);
  await manage({ action: 'set_overrides', enrollment_id, overrides: { sequential_enabled: false } });
  expect(
    (await manage({ action: 'renew', enrollment_id, access_expires_at: '2020-01-01T00:00:00.000Z', reason })).status,
  ).toBe(422);
  await manage({ action: 'renew', enrollment_id, access_expires_at: '2099-01-01T00:00:00.000Z', reason });
  const rows = await stage.rows(
    'select batch_id, sequential_override, sequential_enabled, drip_override, access_expires_at from course_enrollments where id = $1',
    [enrollment_id],
  );
  expect(rows).toEqual([
    {
      batch_id: batch,
      sequential_override: true,
      sequential_enabled: false,
      drip_override: false,
      access_expires_at: '2099-01-01T00:00:00.000Z',
    },
  ]);
  expect((await auditOf(pupil.id)).filter(({ performed_by }) => performed_by).map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      'course_enrolled',
      'course_unenrolled',
      'batch_moved',
      'drip_override_updated',
      'access_renewed',
    ]),
  );
});
