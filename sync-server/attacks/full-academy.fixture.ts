import { insertRow, type NewRow } from '../seed/insert-rows.ts';
import {
  createAssignment,
  createCourse,
  createDevice,
  createLesson,
  createModule,
  createPathway,
  createPerson,
  createSubmission,
  enrol,
} from '../testing/people.ts';
import type { Person } from '../testing/people.ts';
import { fillContent } from './content-rows.fixture.ts';
import { fillMoney, fillOffice } from './money-rows.fixture.ts';
import { fillReports, fillRewards } from './rewards-rows.fixture.ts';
import { fillDesk } from './desk-rows.fixture.ts';
import { e2eIds, password, type Stage } from './stage.fixture.ts';

/** Rows in every table, so that there is something to steal in each: of the readers themselves, of Zain, and of strangers. */
export async function fillEveryTable({
  database: { server },
  zain,
  hamid,
}: Stage): Promise<{ rida: Person; nida: Person }> {
  const insert = (table: string, row: NewRow) => insertRow(server, table, row);
  const rida = await createPerson(server, 'student', { password, phone: '+923009990002', created_by: e2eIds.omar });
  const nida = await createPerson(server, 'mentor', { password });
  const hidden = await createCourse(server, { is_published: false, title: 'Not announced yet' });
  const secretLesson = await createLesson(server, await createModule(server, hidden));
  await enrol(server, rida.id, { course_id: hidden });
  const pathway = await createPathway(server, [hidden], { is_published: false });
  const batch = await insert('batches', { name: 'Batch 9', start_date: '2026-01-01', pathway_id: pathway });
  await insert('batch_pathways', { batch_id: batch, pathway_id: pathway });
  await insert('course_tracks', { name: 'Track' });
  await fillContent(insert, { zain: zain.id, rida: rida.id, hidden, batch, pathway });
  await insert('installment_plans', { name: 'Plan', total_amount: 1, num_installments: 2, interval_days: 30 });
  await insert('lesson_drip_overrides', { lesson_id: e2eIds.l1, course_id: e2eIds.c1, drip_days: 0 });
  await insert('notification_templates', { key: 'x', title_md: 'x', body_md: 'x' });
  const secretTask = await createAssignment(server, secretLesson);
  for (const lesson_id of [e2eIds.l1, e2eIds.l3, secretLesson]) {
    const file_id = await insert('files', fileRow('attachments', null));
    await insert('recording_attachments', { lesson_id, file_name: 'x', file_id });
    await insert('recording_attachments', { lesson_id, file_name: 'x', file_url: 'https://example.test' });
  }
  await insert('lesson_media', { id: secretLesson, provider: 'file' });

  const students = [e2eIds.ayesha, zain.id, rida.id];
  for (const id of [...students, e2eIds.bilal, hamid.id, nida.id, e2eIds.omar, e2eIds.dua, e2eIds.sana])
    await fillPerson(insert, id);
  await fillRewards(insert, students);
  for (const id of students) {
    const task = id === rida.id ? secretTask : e2eIds.w1;
    const lesson_id = id === rida.id ? secretLesson : e2eIds.l1;
    const file = await insert('files', fileRow('assignment-submissions', id));
    const submission = await createSubmission(server, id, task, {
      status: 'declined',
      notes: 'x',
      reviewed_by: e2eIds.bilal,
      file_ids: [file],
      assigned_to: null,
    });
    await server.query("update files set linked_table = 'submissions', linked_id = $2 where id = $1", [
      file,
      submission,
    ]);
    for (const [reviewer_id, outcome] of [
      [e2eIds.bilal, 'applied'],
      [nida.id, 'superseded'],
    ] as const) {
      await insert('submission_reviews', {
        submission_id: submission,
        submission_version: 1,
        reviewer_id,
        decision: 'declined',
        notes: 'x',
        reviewed_at_client: '2026-01-01T00:00:00Z',
        outcome,
      });
    }
    await server.query(`insert into recording_views (user_id, lesson_id) values ($1, $2)`, [id, lesson_id]);
    await server.query(`insert into recording_ratings (user_id, lesson_id, rating, feedback) values ($1, $2, 2, 'x')`, [
      id,
      lesson_id,
    ]);
    await fillMoney(insert, id, id === rida.id ? e2eIds.dua : e2eIds.bilal);
  }
  await fillOffice(insert, [e2eIds.omar, e2eIds.dua]);
  await fillDesk(insert, { students, mentor: nida.id });
  return { rida, nida };
}

let serial = 0;
const fileRow = (bucket: string, owner_id: string | null): NewRow => ({
  bucket,
  owner_id,
  path: `x/${++serial}`,
  original_name: 'x',
  mime: 'application/pdf',
  bytes: 1,
  sha256: 'a'.repeat(64),
  status: 'ready',
});

async function fillPerson(insert: (table: string, row: NewRow) => Promise<string>, user_id: string): Promise<void> {
  await insert('lesson_notes', { user_id, lesson_id: e2eIds.l1, body: 'x' });
  for (const [channel, status] of [
    ['in_app', 'sent'],
    ['email', 'sent'],
    ['in_app', 'failed'],
  ]) {
    await insert('notifications', { user_id, type: 'x', template_key: 'x', title: 'x', body: 'x', channel, status });
  }
  await insert('sync_rejections', { user_id, collection: 'x', doc_id: 'x', code: 'invalid', message: 'x' });
  await insert('user_activity_logs', { user_id, activity_type: 'login' });
  await insert('suspensions', { user_id, cause: 'manual', reason: 'x', lifted_at: '2026-01-01T00:00:00Z' });
  await insert('one_time_tokens', {
    user_id,
    kind: 'invite',
    token_hash: `x${++serial}`,
    expires_at: '2026-01-01T00:00:00Z',
  });
  await insert('admin_logs', { entity_type: 'x', action: 'x', target_user_id: user_id, description: 'x' });
  await insert('email_queue', {
    user_id,
    template_key: 'x',
    recipient_email: 'x',
    recipient_name: 'x',
    dedupe_key: `x${++serial}`,
  });
  await insert('whatsapp_queue', { user_id, to_phone: 'x', template_key: 'x', dedupe_key: `x${++serial}` });
  await insert('files', fileRow('student-documents', user_id));
  await fillReports(insert, user_id);
}

/** Tables whose row is only made through triggers, or that know one row per person. */
export async function fillSingles({ database: { server } }: Stage): Promise<void> {
  await server.query('insert into notification_settings (user_id) select id from users on conflict do nothing');
  await server.query('insert into user_security_summary (user_id) select id from users on conflict do nothing');
  await server.query(
    `insert into idempotency_keys (actor_id, key, operation, request_hash) select id, id, 'x', 'x' from users`,
  );
  await server.query(
    `insert into sign_in_attempts (key, window_started_at) values (repeat('a', 64), now()) on conflict do nothing`,
  );
  for (const { id } of (await server.query<{ id: string }>('select id from users')).rows)
    await createDevice(server, id, { label: 'Other device' });
}
