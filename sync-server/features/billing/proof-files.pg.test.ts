import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertRow } from '../../seed/insert-rows.ts';
import { plainPdf } from '../../seed/plain-pdf.ts';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { assignMentor, createCompany, createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let student: Person;
const clients = new Map<string, Client>();

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  await createCompany(database.server);
  const manager = await createPerson(database.server, 'enrollment_manager', { password });
  student = await createPerson(database.server, 'student', { password, created_by: manager.id });
  const mentor = await createPerson(database.server, 'mentor', { password });
  await assignMentor(database.server, mentor.id, student.id);
  const others = {
    admin: await createPerson(database.server, 'admin', { password }),
    stranger: await createPerson(database.server, 'student', { password }),
  };
  for (const [name, { email }] of Object.entries({ student, manager, mentor, ...others }))
    clients.set(name, await server.signIn(email, password));
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

test('a proof goes up by storage, hangs on its claim, and is read by the student and the staff alone', async () => {
  const invoice_id = await insertRow(database.server, 'invoices', {
    student_id: student.id,
    installment_number: 1,
    amount: 100_00,
    currency: 'PKR',
    due_date: '2099-01-01',
    status: 'pending',
    invoice_number: 'INV-2026-000001',
  });
  const proof_id = randomUUID();
  const file = randomUUID();
  const path = `${student.id}/payment-proofs/${proof_id}/${file}.pdf`;
  const mine = clients.get('student')!;
  const { error } = await mine.supabase.storage
    .from('student-documents')
    .upload(path, plainPdf('Transfer', ['100.00']), { contentType: 'application/pdf' });
  expect(error).toBeNull();
  const [row] = (await database.server.query<{ id: string }>('select id from files where path = $1', [path])).rows;
  const answer = await mine.call(
    'POST',
    '/functions/v1/submit-payment-proof',
    { invoice_id, proof_id, payment_method: 'bank_transfer', paid_on: '2026-01-02', proofs: [row!.id] },
    { 'idempotency-key': randomUUID() },
  );
  expect(await answer.json()).toEqual({ success: true, data: { proof_id, status: 'submitted' } });
  const reads = async (name: string) =>
    (await clients.get(name)!.supabase.storage.from('student-documents').download(path)).error === null;
  expect({ student: await reads('student'), admin: await reads('admin') }).toEqual({ student: true, admin: true });
  for (const name of ['mentor', 'manager', 'stranger']) expect(await reads(name), name).toBe(false);
});
