import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { insertRow } from '../seed/insert-rows.ts';
import { operation } from '../testing/operations.ts';
import { push } from '../testing/sync-client.ts';
import { e2eIds } from './stage.fixture.ts';
import { openRightsForTests, stage, ayesha, bilal, omar, now, refusals, writes } from './raising-rights.fixture.ts';

openRightsForTests();

describe('nobody raises what decides their rights', () => {
  const person = async (id: string) =>
    (
      await stage.rows(
        'select u.role, u.status, u.lms_status, u.login_blocked, u.email::text, u.is_temp_password, s.fees_cleared from users u left join students s using (id) where id = $1',
        [id],
      )
    )[0];

  test.for(['ayesha', 'bilal', 'omar'] as const)(
    '%s: role, status, fees, address, enrolment, invoice, company',
    async (name) => {
      const client = { ayesha, bilal, omar }[name];
      const before = await person(client.userId);
      const money = await stage.rows('select * from invoices order by id');
      const [enrolment] = await stage.rows<{ id: string }>('select id from course_enrollments where student_id = $1', [
        ayesha.userId,
      ]);
      const [invoice] = await stage.rows<{ id: string }>('select id from invoices limit 1');
      const [company] = await stage.rows<{ id: string }>('select id from company_settings');
      await push(client, [
        ...(await writes('users', client.userId, {
          role: 'superadmin',
          status: 'active',
          lms_status: 'active',
          login_blocked: false,
          email: 'owner@falcon.academy',
          is_temp_password: false,
          created_by: client.userId,
        })),
        ...(await writes('students', ayesha.userId, {
          fees_cleared: true,
          onboarding_completed: true,
          student_number: 'STU999999',
          final_fee_amount: 0,
        })),
        ...(await writes('course_enrollments', enrolment!.id, {
          status: 'completed',
          payment_status: 'waived',
          sequential_override: true,
          sequential_enabled: false,
        })),
        ...(await writes('invoices', invoice!.id, { status: 'paid', amount: 0 })),
        ...(await writes('company_settings', company!.id, {
          lms_sequential_unlock: false,
          watch_complete_percent: 50,
        })),
        operation('course_enrollments', randomUUID(), { set: { student_id: ayesha.userId, course_id: e2eIds.c2 } }),
        operation('student_mentor_assignments', randomUUID(), {
          set: { student_id: stage.zain.id, mentor_id: client.userId },
        }),
        operation('mentor_course_assignments', randomUUID(), {
          set: { mentor_id: client.userId, course_id: null, is_global: true },
        }),
        operation('users', randomUUID(), { set: { email: 'new@falcon.academy', full_name: 'New', role: 'admin' } }),
      ]);
      expect(await person(client.userId)).toEqual(before);
      expect(await stage.rows('select * from invoices order by id')).toEqual(money);
      expect(
        await stage.rows('select payment_status, sequential_override from course_enrollments where id = $1', [
          enrolment!.id,
        ]),
      ).toEqual([{ payment_status: 'paid', sequential_override: false }]);
      expect(
        await stage.rows('select from company_settings where lms_sequential_unlock and watch_complete_percent = 90'),
      ).toHaveLength(1);
      expect(await stage.rows('select from users')).toHaveLength(7);
      expect(await stage.rows('select from mentor_course_assignments where is_global')).toEqual([]);
    },
  );

  test('by supabase-js: the account takes no role and no address from its owner alone', async () => {
    const { supabase, session } = ayesha;
    await supabase.auth.setSession(session);
    const before = await person(ayesha.userId);
    expect((await supabase.auth.updateUser({ phone: '+923000000000' })).error?.status).toBe(422);
    const forged = { app_metadata: { role: 'superadmin' } } as { data?: object };
    expect((await supabase.auth.updateUser(forged)).error).toMatchObject({ code: 'not_admin', status: 403 });
    // An address takes effect when both mailboxes said yes; facts that a program keeps are no right.
    expect((await supabase.auth.updateUser({ email: 'owner@falcon.academy' })).error).toBeNull();
    expect((await supabase.auth.updateUser({ data: { role: 'superadmin' } })).error).toBeNull();
    expect(await person(ayesha.userId)).toEqual(before);
    expect(await (await ayesha.call('POST', '/functions/v1/whoami')).json()).toMatchObject({
      data: { role: 'student' },
    });
    const admin = await supabase.auth.admin.updateUserById(ayesha.userId, { app_metadata: { role: 'superadmin' } });
    expect(admin.error?.status).toBe(403);
    const created = await supabase.auth.admin.createUser({
      email: 'second@falcon.academy',
      app_metadata: { role: 'admin' },
    });
    expect(created.error?.status).toBe(403);
    const { error } = await supabase.auth.signUp({
      email: 'self@falcon.academy',
      password: 'a long enough pass phrase',
    });
    expect(error).toMatchObject({ code: 'signup_disabled', status: 422 });
    expect((await supabase.from('users').update({ role: 'superadmin' }).eq('id', ayesha.userId)).error).not.toBeNull();
    expect((await supabase.rpc('server_mark_watched', { key: '', student: ayesha.userId })).error).not.toBeNull();
    expect((await supabase.functions.invoke('set-role', { body: { role: 'superadmin' } })).error).not.toBeNull();
  });
});

describe('nobody writes rows of others', () => {
  test('a notification of somebody else is not marked read, a refusal not put aside, a device not renamed', async () => {
    const { server } = stage.database;
    const notice = await insertRow(server, 'notifications', {
      user_id: stage.zain.id,
      type: 'x',
      template_key: 'x',
      title: 'For Zain',
      body: 'Only',
    });
    const rejection = await insertRow(server, 'sync_rejections', {
      user_id: stage.zain.id,
      collection: 'x',
      doc_id: 'x',
      code: 'invalid',
      message: 'x',
      pushed_doc: { body: 'Zain wrote' },
    });
    const device = await insertRow(server, 'devices', {
      user_id: stage.zain.id,
      label: 'Zain’s phone',
      platform: 'linux',
    });
    const verdicts = await push(ayesha, [
      ...(await writes('notifications', notice, { read_at: now(), dismissed_at: now() })),
      ...(await writes('sync_rejections', rejection, { acknowledged_at: now() })),
      ...(await writes('devices', device, { label: 'Mine' })),
    ]);
    for (const verdict of verdicts)
      expect(verdict).toMatchObject({ s: 'refused', code: 'not_allowed', doc: { _deleted: true } });
    expect(await stage.rows('select from notifications where read_at is not null or dismissed_at is not null')).toEqual(
      [],
    );
    expect(
      await stage.rows('select from sync_rejections where id = $1 and acknowledged_at is null', [rejection]),
    ).toHaveLength(1);
    expect(await stage.rows('select label from devices where id = $1', [device])).toEqual([{ label: 'Zain’s phone' }]);
  });

  test.for(['ayesha', 'bilal', 'dua', 'sana'] as const)('in the name of another: %s', async (name) => {
    const client = name === 'ayesha' ? ayesha : name === 'bilal' ? bilal : await stage.signIn(name);
    const other = stage.zain.id;
    const verdicts = await push(client, [
      operation('lesson_notes', randomUUID(), {
        set: { user_id: other, lesson_id: e2eIds.l1, at_seconds: null, body: 'Not mine', copy_of: null },
      }),
      operation('submissions', randomUUID(), {
        set: {
          assignment_id: e2eIds.w2,
          student_id: other,
          content: 'x',
          links: [],
          file_ids: [],
          client_submitted_at: now(),
          based_on: null,
        },
      }),
      operation('recording_views', naturalId('recording_views', other, e2eIds.l1), {
        set: {
          user_id: other,
          lesson_id: e2eIds.l1,
          position_seconds: 1,
          watched_ranges: [[0, 1]],
          duration_seconds: 60,
          last_watched_at: now(),
        },
      }),
      operation('recording_ratings', naturalId('recording_ratings', other, e2eIds.l1), {
        set: { user_id: other, lesson_id: e2eIds.l1, rating: 1, feedback: 'Bad' },
      }),
      operation('user_activity_logs', randomUUID(), {
        set: { user_id: other, activity_type: 'logout', occurred_at: now(), reference_id: null, metadata: {} },
      }),
      operation('notification_settings', naturalId('notification_settings', other), {
        set: { user_id: other, mutes: {}, email_digest: true, quiet_hours: null },
      }),
      operation('users', other, { set: { full_name: 'Renamed' } }),
      operation('students', other, { set: { leaderboard_hidden: true } }),
    ]);
    expect(new Set(refusals(verdicts))).toEqual(new Set(['not_allowed']));
    for (const table of ['lesson_notes', 'recording_views', 'recording_ratings', 'notification_settings']) {
      expect(await stage.rows(`select from ${table} where user_id = $1`, [other])).toEqual([]);
    }
  });
});
