import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertRow, type NewRow } from '../../seed/insert-rows.ts';
import type { Client } from '../../testing/api-client.ts';
import { openStage, pdfBytes, type Stage } from '../../testing/files-stage.ts';
import { createPerson } from '../../testing/people.ts';

/** A file is exactly as readable as the record it hangs on: tickets, answers, proofs, resources, lessons. */

let stage: Stage;
let ayesha: Client;
let zain: Client;
let bilal: Client;
let hamid: Client;
let dua: Client;
let omar: Client;
beforeAll(async () => {
  stage = await openStage();
  const manager = await createPerson(stage.database.server, 'enrollment_manager', { password: 'a calm river at dawn' });
  const { signIn } = stage;
  [ayesha, zain, bilal] = [await signIn(stage.ayesha), await signIn(stage.zain), await signIn(stage.bilal)];
  [hamid, dua, omar] = [await signIn(stage.hamid), await signIn(stage.dua), await signIn(manager)];
});
afterAll(() => stage.close());

type Place = { bucket: string; path: string };
const db = () => stage.database.server;
const insert = (table: string, row: NewRow) => insertRow(db(), table, row);

/** Who of them reads it, by name. */
async function readers({ bucket, path }: Place): Promise<string[]> {
  const found: string[] = [];
  for (const [name, client] of Object.entries({ ayesha, zain, bilal, hamid, dua, omar }))
    if (!(await client.supabase.storage.from(bucket).download(path)).error) found.push(name);
  return found;
}

/** Brings a file by the plain door; answers where it lies and its id. */
async function bring(client: Client, bucket: string, folder: string): Promise<Place & { id: string }> {
  const id = randomUUID();
  const path = `${folder}/${id}.pdf`;
  const { error } = await client.supabase.storage.from(bucket).upload(path, pdfBytes(200));
  expect([path, error]).toEqual([path, null]);
  return { bucket, path, id };
}
const refused = async (client: Client, bucket: string, folder: string): Promise<number> =>
  (
    (await client.supabase.storage.from(bucket).upload(`${folder}/a-${randomUUID()}.pdf`, pdfBytes(200))).error as {
      status?: number;
    } | null
  )?.status ?? 200;
const hang = (file: { id: string }, table: string, id: string) =>
  db().query('update files set linked_table = $2, linked_id = $3 where id = $1', [file.id, table, id]);
const drop = (table: string, id: string) => db().query(`update ${table} set is_deleted = true where id = $1`, [id]);

const openTicket = (row: NewRow = {}) =>
  insert('support_tickets', {
    student_id: stage.ayesha.id,
    created_by: stage.ayesha.id,
    title: 'No sound',
    description: 'In lesson one',
    ...row,
  });

describe('tickets', () => {
  test('show their files to those who read them; internal answers to the team; nobody once they are deleted', async () => {
    const id = randomUUID();
    // The file comes before the ticket, as devices send it.
    const asked = await bring(ayesha, 'attachments', `tickets/${id}`);
    expect(await readers(asked)).toEqual(['ayesha']);
    await openTicket({ id, file_ids: [asked.id], assigned_to: stage.bilal.id });
    expect(await readers(asked)).toEqual(['ayesha', 'bilal', 'dua']);

    const note = await bring(bilal, 'attachments', `tickets/${id}`);
    const reply = await insert('support_ticket_replies', {
      ticket_id: id,
      user_id: stage.bilal.id,
      message: 'See the log',
      is_internal: true,
      file_ids: [note.id],
    });
    await hang(note, 'support_ticket_replies', reply);
    expect(await readers(note)).toEqual(['bilal', 'dua']);
    await db().query('update support_ticket_replies set is_internal = false where id = $1', [reply]);
    expect(await readers(note)).toEqual(['ayesha', 'bilal', 'dua']);

    await db().query('update support_tickets set assigned_to = null where id = $1', [id]);
    expect(await readers(asked)).toEqual(['ayesha', 'dua']);
    await drop('support_tickets', id);
    expect([await readers(asked), await readers(note)]).toEqual([[], []]);
  });

  test('take files of their parties only', async () => {
    const id = await openTicket({ assigned_to: stage.bilal.id });
    const bringing = (client: Client) => refused(client, 'attachments', `tickets/${id}`);
    expect(await Promise.all([zain, hamid, omar].map(bringing))).toEqual([403, 403, 403]);
    expect(await Promise.all([ayesha, bilal, dua].map(bringing))).toEqual([200, 200, 200]);
    // One name, three at once: one of them has it.
    const name = `tickets/${id}/same.pdf`;
    const answers = await Promise.all(
      [ayesha, bilal, dua].map(({ supabase }) => supabase.storage.from('attachments').upload(name, pdfBytes(200))),
    );
    expect(answers.filter(({ error }) => error === null)).toHaveLength(1);
    for (const { error } of answers) if (error) expect([403, 409]).toContain((error as { status?: number }).status);
  });

  test('take five files and no more', async () => {
    const id = await openTicket();
    for (let at = 0; at < 5; at++) await bring(ayesha, 'attachments', `tickets/${id}`);
    expect(await refused(ayesha, 'attachments', `tickets/${id}`)).toBe(413);
  });
});

test('onboarding answers show their files to the student, the student’s mentors and staff', async () => {
  const file = await bring(ayesha, 'student-documents', `${stage.ayesha.id}/onboarding/why`);
  expect(await readers(file)).toEqual(['ayesha']);
  const answer = await insert('onboarding_responses', {
    user_id: stage.ayesha.id,
    question_id: 'why',
    answer_type: 'file',
    file_id: file.id,
  });
  expect(await readers(file)).toEqual(['ayesha', 'bilal', 'dua']);
  await drop('onboarding_responses', answer);
  expect(await readers(file)).toEqual(['ayesha']);
  expect(await refused(dua, 'student-documents', `${stage.ayesha.id}/onboarding/why`)).toBe(403);
});

test('proofs of payment are the student’s and staff’s; staff may bring them, mentors and strangers know of none', async () => {
  const invoice = await insert('invoices', {
    student_id: stage.ayesha.id,
    installment_number: 1,
    amount: 100,
    currency: 'PKR',
    due_date: '2027-01-01T00:00:00Z',
  });
  const proof = randomUUID();
  const folder = `${stage.ayesha.id}/payment-proofs/${proof}`;
  const file = await bring(ayesha, 'student-documents', folder);
  await insert('payment_proofs', {
    id: proof,
    student_id: stage.ayesha.id,
    invoice_id: invoice,
    amount: 100,
    payment_method: 'cash',
    paid_on: '2026-11-20',
    file_ids: [file.id],
  });
  expect(await readers(file)).toEqual(['ayesha', 'dua']);
  expect(await readers(await bring(dua, 'student-documents', folder))).toEqual(['ayesha', 'dua']);
  for (const client of [zain, bilal, omar]) expect(await refused(client, 'student-documents', folder)).toBe(403);
  expect(await refused(zain, 'student-documents', `${stage.zain.id}/payment-proofs/${proof}`)).toBe(403);
});

test('resources show their files to their audience, and to no student whose account is limited', async () => {
  const section = await insert('resource_sections', { name: 'Sheets' });
  const resource = await insert('resources', { section_id: section, title: 'Sheet', content_type: 'file' });
  const file = await bring(dua, 'attachments', `resources/${resource}`);
  await db().query(`update resources set content = jsonb_build_object('file_id', $2::text) where id = $1`, [
    resource,
    file.id,
  ]);
  const team = ['bilal', 'hamid', 'dua'];
  expect(await readers(file)).toEqual(team);
  await insert('resource_audiences', { resource_id: resource, audience_type: 'course', target_id: stage.course });
  expect(await readers(file)).toEqual(['ayesha', 'zain', ...team]);
  const limit = (status: string, reason: string | null) =>
    db().query('update users set lms_status = $2, lms_status_reason = $3 where id = $1', [
      stage.ayesha.id,
      status,
      reason,
    ]);
  await limit('suspended', 'overdue');
  expect(await readers(file)).toEqual(['zain', ...team]);
  await limit('active', null);
  await db().query('update resources set is_active = false where id = $1', [resource]);
  expect(await readers(file)).toEqual(team);
  for (const client of [ayesha, bilal, omar])
    expect(await refused(client, 'attachments', `resources/${resource}`)).toBe(403);
});

test('certificates and bills are drawn by the server: nobody brings any, the student reads the own', async () => {
  for (const folder of ['certificates', 'billing'])
    for (const client of [ayesha, zain, bilal, dua])
      expect(await refused(client, 'student-documents', `${stage.ayesha.id}/${folder}`)).toBe(403);
});

test('lessons take files of staff and of mentors who cover the course', async () => {
  const bringing = (client: Client) => refused(client, 'attachments', `lessons/${stage.open}`);
  expect(await Promise.all([ayesha, zain, hamid, omar].map(bringing))).toEqual([403, 403, 403, 403]);
  const file = await bring(bilal, 'attachments', `lessons/${stage.open}`);
  expect(await readers(file)).toEqual(['bilal']);
  const attachment = await insert('recording_attachments', {
    lesson_id: stage.open,
    file_name: 'Sheet',
    file_id: file.id,
  });
  expect(await readers(file)).toEqual(['ayesha', 'bilal', 'dua']);
  await drop('recording_attachments', attachment);
  expect(await readers(file)).toEqual(['bilal']);
});
