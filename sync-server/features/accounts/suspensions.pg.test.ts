import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asServer } from '../../db/as-actor.ts';
import { createDevice, enrol, type Person } from '../../testing/people.ts';
import { liftSuspensions, openSuspension, settleAccess } from '../access/index.ts';
import { processSuspensions } from './process-suspensions.job.ts';
import { openStage, password, type Stage } from './stage.fixture.ts';

let stage: Stage;
let student: Person;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  student = await stage.person('student');
  await enrol(stage.database.server, student.id, { course_id: stage.course });
  await settle();
});
afterAll(() => stage.close());

const reason = 'shared the account';
const system = { actor: null };
const settle = () => asServer(stage.database.server, (tx) => settleAccess(tx, stage.server.deps, student.id, system));
const open = (cause: 'overdue' | 'unpaid' | 'refund' | 'expired') =>
  asServer(stage.database.server, async (tx) => {
    await openSuspension(tx, stage.server.deps, { student: student.id, cause }, null);
    await settleAccess(tx, stage.server.deps, student.id, system);
  });
const state = async () =>
  (
    await stage.rows('select lms_status, lms_status_reason as reason, status from users where id = $1', [student.id])
  )[0];
const suspend = (input: Record<string, unknown> = {}) =>
  stage.command<{ open_causes: string[]; lms_status: string; lms_status_reason: string | null }>(
    'admin',
    'suspend-student',
    {
      user_id: student.id,
      cause: 'manual',
      reason,
      ...input,
    },
  );
const suspensionId = async (cause: string) =>
  (
    await stage.rows<{ id: string }>('select id from suspensions where user_id = $1 and cause = $2', [
      student.id,
      cause,
    ])
  )[0]!.id;

test('payment causes restrict and leave the session alone; the weightiest open cause is the reason', async () => {
  const { call } = await stage.clientOf(student);
  await open('overdue');
  expect(await state()).toEqual({ lms_status: 'suspended', reason: 'overdue', status: 'active' });
  await open('expired');
  expect(await state()).toEqual({ lms_status: 'suspended', reason: 'expired', status: 'active' });
  expect((await call('POST', '/functions/v1/whoami')).status).toBe(200);
});

test('a manual suspension signs out, asks the devices to wipe, and is told without its reason', async () => {
  const { call, deviceId } = await stage.clientOf(student);
  const answer = await suspend();
  expect(answer.data).toEqual({
    user_id: student.id,
    lms_status: 'suspended',
    lms_status_reason: 'manual',
    open_causes: ['manual'],
  });
  expect(await state()).toEqual({ lms_status: 'suspended', reason: 'manual', status: 'suspended' });
  expect((await call('POST', '/functions/v1/whoami')).status).toBe(401);
  await expect(stage.server.signIn(student.email, password)).rejects.toMatchObject({ code: 'user_banned' });
  const device = await stage.rows('select wipe_requested_at is not null as wipes from devices where id = $1', [
    deviceId,
  ]);
  expect(device).toEqual([{ wipes: true }]);
  const told = await stage.rows<{ text: string }>(
    `select n::text as text from notifications n where user_id = $1 and template_key = 'lms_suspended' union all select q::text from email_queue q where user_id = $1
     union all select l::text from user_activity_logs l where user_id = $1 and activity_type = 'lms_suspended'`,
    [student.id],
  );
  expect(told).toHaveLength(3);
  expect(told.some(({ text }) => text.includes(reason))).toBe(false);
});

test('a lift closes one cause only, and devices that have not wiped yet are let off with the last one', async () => {
  const device = await createDevice(stage.database.server, student.id);
  await open('overdue');
  await suspend();
  const lifted = await stage.command('superadmin', 'lift-suspension', {
    user_id: student.id,
    suspension_id: await suspensionId('manual'),
    reason: 'it was a mistake',
  });
  expect(lifted.data).toMatchObject({
    lms_status: 'suspended',
    lms_status_reason: 'overdue',
    open_causes: ['overdue'],
  });
  expect(await state()).toEqual({ lms_status: 'suspended', reason: 'overdue', status: 'active' });
  const rows = await stage.rows('select wipe_requested_at from devices where id = $1', [device]);
  expect(rows).toEqual([{ wipe_requested_at: null }]);
});

test('a payment lifts no security suspension', async () => {
  await suspend({ cause: 'security' });
  await open('overdue');
  await asServer(stage.database.server, async (tx) => {
    expect(await liftSuspensions(tx, stage.server.deps, student.id, { cause: 'overdue' }, null)).toBe(1);
    await settleAccess(tx, stage.server.deps, student.id, system);
  });
  expect(await state()).toEqual({ lms_status: 'suspended', reason: 'security', status: 'suspended' });
});

test('a refund outweighs all, dropout all but a refund', async () => {
  await stage.command('admin', 'set-student-outcome', { user_id: student.id, outcome: 'dropout', reason });
  expect(await state()).toMatchObject({ lms_status: 'dropout' });
  await open('overdue');
  expect(await state()).toMatchObject({ lms_status: 'dropout', status: 'active' });
  await open('refund');
  expect(await state()).toEqual({ lms_status: 'refunded', reason: 'refund', status: 'suspended' });
});

test('complete by the word of staff lasts until a new enrolment', async () => {
  await stage.command('admin', 'set-student-outcome', { user_id: student.id, outcome: 'complete', reason });
  expect(await state()).toMatchObject({ lms_status: 'complete' });
  const [next] = await stage.rows<{ id: string }>(`insert into courses (title) values ('Second course') returning id`);
  await enrol(
    stage.database.server,
    student.id,
    { course_id: next!.id },
    {
      enrolled_at: new Date(Date.now() + 60_000).toISOString(),
    },
  );
  await settle();
  expect(await state()).toMatchObject({ lms_status: 'active' });
});

test('without an open fee gate the status is inactive', async () => {
  await stage.rows(`update students set fees_cleared = false where id = $1`, [student.id]);
  await stage.rows(`update course_enrollments set payment_status = 'pending' where student_id = $1`, [student.id]);
  await settle();
  expect(await state()).toMatchObject({ lms_status: 'inactive' });
});

test('the same cause twice is a conflict; one that ends before it begins is refused', async () => {
  await suspend();
  expect((await suspend()).code).toBe('CONFLICT');
  expect((await suspend({ cause: 'security', ends_at: '2020-01-01T00:00:00.000Z' })).code).toBe('INVALID_INPUT');
});

test('a planned suspension opens when its time comes and lifts when its end comes', async () => {
  const at = (minutes: number) => new Date(stage.server.deps.clock.now().getTime() + minutes * 60_000).toISOString();
  const plan = (starts: number) =>
    stage.command<{ id: string }>('admin', 'schedule-suspension', {
      user_id: student.id,
      starts_at: at(starts),
      ends_at: at(starts + 60),
      reason,
    });
  const first = await plan(30);
  const second = await plan(20);
  const statusOf = async (id: string) =>
    (await stage.rows<{ status: string }>('select status from scheduled_suspensions where id = $1', [id]))[0]!.status;
  expect([await statusOf(first.data.id), await statusOf(second.data.id)]).toEqual(['cancelled', 'active']);
  await processSuspensions.run({}, stage.server.deps);
  expect(await state()).toMatchObject({ lms_status: 'active' });
  stage.pass(21);
  await processSuspensions.run({}, stage.server.deps);
  expect(await state()).toEqual({ lms_status: 'suspended', reason: 'scheduled', status: 'suspended' });
  stage.pass(61);
  await processSuspensions.run({}, stage.server.deps);
  expect(await state()).toEqual({ lms_status: 'active', reason: null, status: 'active' });
  expect(await statusOf(second.data.id)).toBe('lifted');
});

test('a planned suspension can be cancelled', async () => {
  const starts_at = new Date(stage.server.deps.clock.now().getTime() + 60_000).toISOString();
  const planned = await stage.command<{ id: string }>('admin', 'schedule-suspension', {
    user_id: student.id,
    starts_at,
    reason,
  });
  const cancel = () =>
    stage.command('admin', 'cancel-scheduled-suspension', {
      user_id: student.id,
      scheduled_suspension_id: planned.data.id,
    });
  expect((await cancel()).status).toBe(200);
  expect((await cancel()).status).toBe(404);
});

test('every change leaves one audit line with before and after', async () => {
  await suspend();
  const lines = await stage.rows<{ data: Record<string, unknown>; performed_by: string }>(
    `select data, performed_by from admin_logs where target_user_id = $1 and action = 'lms_status_changed' and performed_by is not null`,
    [student.id],
  );
  expect(lines).toEqual([
    {
      performed_by: stage.staff.admin.id,
      data: {
        before: { lms_status: 'active', reason: null, status: 'active' },
        after: { lms_status: 'suspended', reason: 'manual', status: 'suspended' },
      },
    },
  ]);
});
