import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createBatch, createPathway } from '../../testing/people.ts';
import { openPeopleForTests, stage, type Created, student, auditOf, mailsTo } from './people.fixture.ts';

openPeopleForTests();

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
