import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { callCommand, codeOf, openOffice, type Office } from '../../testing/office.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { decidePaymentProof, submitPaymentProof } from './payment-proofs.ts';

let academy: Academy;
let office: Office;
let slip: string;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  office = await openOffice(academy);
  slip = await upload(office.student);
});

async function upload(owner: Person): Promise<string> {
  const [file] = await academy.rows<{ id: string }>(
    `insert into files (bucket, owner_id, path, original_name, mime, bytes, sha256, status)
     values ('student-documents', $1::uuid, $1::text || '/payment-proofs/' || gen_random_uuid() || '/slip.jpg', 'slip.jpg', 'image/jpeg', 9, repeat('0', 64), 'ready')
     returning id`,
    [owner.id],
  );
  return file!.id;
}
const submit = (actor: Person, more: Record<string, unknown> = {}) =>
  callCommand(academy, actor, submitPaymentProof, {
    invoice_id: office.invoices[0]!,
    payment_method: 'bank_transfer',
    paid_on: '2027-02-28',
    reference: `FT-${office.enrolment}`,
    proofs: [slip],
    ...more,
  });
const decide = (actor: Person, proof_id: string, decision: 'accepted' | 'rejected') =>
  callCommand(
    academy,
    actor,
    decidePaymentProof,
    decision === 'accepted' ? { decision, proof_id } : { decision, proof_id, reason: 'The picture is unreadable' },
  );
const proofs = () =>
  academy.rows('select status, amount, reason, decided_by from payment_proofs where student_id = $1', [
    office.student.id,
  ]);

describe('a proof of payment', () => {
  test('waits for the team, who hear of it', async () => {
    const { proof_id } = await submit(office.student);
    expect(await proofs()).toEqual([{ status: 'submitted', amount: 333_400, reason: null, decided_by: null }]);
    const told = await academy.rows<{ user_id: string }>(
      `select user_id from notifications where template_key = 'payment_proof_received' and dedupe_key like $1`,
      [`payment_proof:${proof_id}:%`],
    );
    expect(told.map(({ user_id }) => user_id)).toEqual(expect.arrayContaining([office.dua.id, office.sana.id]));
    expect(await academy.rows('select linked_table, linked_id from files where id = $1', [slip])).toEqual([
      { linked_table: 'payment_proofs', linked_id: proof_id },
    ]);
  });

  test('accepted is a payment with its proof, on the day the student paid', async () => {
    const { proof_id } = await submit(office.student);
    const answer = await decide(office.dua, proof_id, 'accepted');
    expect(answer.receipt_number).toMatch(/^RCPT-2027-/);
    expect(
      await academy.rows(
        'select payment_date, payment_method, transaction_id, proof_file_ids, recorded_by from installment_payments where student_id = $1',
        [office.student.id],
      ),
    ).toEqual([
      {
        payment_date: '2027-02-27T19:00:00.000Z',
        payment_method: 'bank_transfer',
        transaction_id: `FT-${office.enrolment}`,
        proof_file_ids: [slip],
        recorded_by: office.dua.id,
      },
    ]);
    expect(await proofs()).toMatchObject([{ status: 'accepted', decided_by: office.dua.id }]);
    expect(await codeOf(decide(office.sana, proof_id, 'rejected'))).toBe('CONFLICT');
  });

  test('rejected comes back with the reason, and another one may follow', async () => {
    const { proof_id } = await submit(office.student);
    expect(await codeOf(submit(office.student, { proofs: [await upload(office.student)] }))).toBe(
      'CONFLICT PROOF_WAITING',
    );
    await decide(office.dua, proof_id, 'rejected');
    expect(await proofs()).toMatchObject([{ status: 'rejected', reason: 'The picture is unreadable' }]);
    expect(
      await academy.rows(
        `select body from notifications where user_id = $1 and template_key = 'payment_proof_rejected'`,
        [office.student.id],
      ),
    ).toEqual([{ body: 'The picture is unreadable' }]);
    expect(await codeOf(submit(office.student, { proofs: [await upload(office.student)] }))).toBe('done');
  });

  test('is about an own, unpaid invoice, with own files, and not of tomorrow', async () => {
    const other = await createPerson(academy.database.server, 'student');
    expect(await codeOf(submit(other, { proofs: [await upload(other)] }))).toBe('NOT_FOUND INVOICE_NOT_FOUND');
    expect(await codeOf(submit(office.student, { proofs: [await upload(other)] }))).toBe('INVALID_INPUT');
    expect(await codeOf(submit(office.student, { proofs: [] }))).toBe('INVALID_INPUT');
    expect(await codeOf(submit(office.student, { paid_on: '2027-03-02' }))).toBe('INVALID_INPUT');
    await academy.rows("update invoices set status = 'paid' where id = $1", [office.invoices[0]]);
    expect(await codeOf(submit(office.student))).toBe('CONFLICT INVOICE_NOT_PAYABLE');
    expect(await proofs()).toEqual([]);
  });

  test('is sent by students only and decided by whoever may record the payment', async () => {
    for (const person of [office.bilal, office.omar, office.dua, office.sana])
      expect(await codeOf(submit(person))).toBe('PERMISSION_DENIED');
    const { proof_id } = await submit(office.student);
    for (const person of [office.student, office.bilal, office.omar])
      expect(await codeOf(decide(person, proof_id, 'accepted'))).toBe('PERMISSION_DENIED');
  });
});
