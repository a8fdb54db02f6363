import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createBatch, enrol } from '../../testing/people.ts';
import { openPeopleForTests, stage, reason, auditOf } from './people.fixture.ts';

openPeopleForTests();

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
