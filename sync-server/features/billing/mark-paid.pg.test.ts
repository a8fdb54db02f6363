import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { callCommand, codeOf, openOffice, setBilling, type Office } from '../../testing/office.ts';
import type { Person } from '../../testing/people.ts';
import { markInvoicePaid } from './mark-paid.ts';

let academy: Academy;
let office: Office;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  await setBilling(academy, { em_records_first_payment: false, accepts_part_payments: false });
  office = await openOffice(academy);
});

const pay = (actor: Person, invoice_id: string, more: Record<string, unknown> = {}) =>
  callCommand(academy, actor, markInvoicePaid, {
    invoice_id,
    payment_date: '2027-03-01',
    payment_method: 'bank_transfer',
    ...more,
  });
const invoices = () =>
  academy.rows<{ status: string; amount_paid: number; credit_amount: number; invoice_number: string | null }>(
    'select status, amount_paid, credit_amount, invoice_number from invoices where enrollment_id = $1 order by installment_number',
    [office.enrolment],
  );
const enrolment = async () =>
  (
    await academy.rows(
      `select e.payment_status, e.total_amount, e.amount_paid, s.fees_cleared
       from course_enrollments e join students s on s.id = e.student_id where e.id = $1`,
      [office.enrolment],
    )
  )[0];
const ledger = () =>
  academy.rows<{ amount: number; receipt_number: string; recorded_by: string; status: string }>(
    'select amount, receipt_number, recorded_by, status from installment_payments where student_id = $1 order by created_at, id',
    [office.student.id],
  );

describe('a payment', () => {
  test('of the first installment opens the first lesson, makes a receipt and leaves a trail', async () => {
    const answer = await pay(office.dua, office.invoices[0]!);
    expect(answer).toMatchObject({
      receipt_number: expect.stringMatching(/^RCPT-2027-\d{6}$/),
      payment_status: 'partial',
      opened_lessons: [{ id: office.lesson, title: 'First' }],
      invoice: { status: 'paid', amount: 333_400, payable: 333_400, amount_paid: 333_400 },
    });
    expect(await enrolment()).toEqual({
      payment_status: 'partial',
      total_amount: 1_000_000,
      amount_paid: 333_400,
      fees_cleared: false,
    });
    expect(await ledger()).toEqual([
      { amount: 333_400, receipt_number: answer.receipt_number, recorded_by: office.dua.id, status: 'paid' },
    ]);
    const trail = await academy.rows<{ action: string; performed_by: string }>(
      `select action, performed_by from admin_logs where entity_id = $1 and action <> 'invoice_created' order by id`,
      [office.invoices[0]],
    );
    expect(trail).toEqual([
      { action: 'payment_recorded', performed_by: office.dua.id },
      { action: 'invoice_paid', performed_by: office.dua.id },
    ]);
  });

  test('is told to the student in the inbox and by mail, with one welcome in a life', async () => {
    await pay(office.dua, office.invoices[0]!);
    await pay(office.dua, office.invoices[1]!);
    const told = await academy.rows<{ template_key: string }>(
      `select template_key from notifications where user_id = $1 and template_key <> 'content_unlocked' order by id`,
      [office.student.id],
    );
    expect(told.map(({ template_key }) => template_key)).toEqual([
      'invoice_issued',
      'invoice_paid',
      'onboarding_welcome',
      'invoice_paid',
    ]);
    const mails = await academy.rows<{ template_key: string; subject: string }>(
      'select template_key, subject from email_queue where user_id = $1 order by id',
      [office.student.id],
    );
    expect(mails.map(({ template_key }) => template_key)).toEqual([
      'invoice_issued',
      'payment_receipt',
      'onboarding_welcome',
      'payment_receipt',
    ]);
    expect(mails[0]!.subject).toMatch(/^Invoice INV-2027-\d{6} of Falcon Academy$/);
  });

  test('asked for twice answers the receipt there is', async () => {
    const first = await pay(office.dua, office.invoices[0]!);
    const again = await pay(office.sana, office.invoices[0]!, { payment_method: 'cash' });
    expect(again.receipt_number).toBe(first.receipt_number);
    expect(await ledger()).toHaveLength(1);
  });

  test('of two people at once is one payment', async () => {
    const both = await Promise.all([pay(office.dua, office.invoices[0]!), pay(office.sana, office.invoices[0]!)]);
    expect(both[0].receipt_number).toBe(both[1].receipt_number);
    expect(await ledger()).toHaveLength(1);
  });

  test('of all installments clears the fees; one that was paid early has its number', async () => {
    for (const invoice of office.invoices) await pay(office.dua, invoice);
    expect(await enrolment()).toEqual({
      payment_status: 'paid',
      total_amount: 1_000_000,
      amount_paid: 1_000_000,
      fees_cleared: true,
    });
    for (const { invoice_number } of await invoices()) expect(invoice_number).toMatch(/^INV-2027-\d{6}$/);
  });

  test('does not lie ahead, and one transaction pays once', async () => {
    expect(await codeOf(pay(office.dua, office.invoices[0]!, { payment_date: '2027-03-02' }))).toBe('INVALID_INPUT');
    // In Karachi it is the 2nd already.
    academy.clock.set('2027-03-01T19:30:00.000Z');
    await pay(office.dua, office.invoices[0]!, { payment_date: '2027-03-02', transaction_id: `T-${office.enrolment}` });
    academy.clock.set('2027-03-01T08:00:00.000Z');
    expect(await codeOf(pay(office.dua, office.invoices[1]!, { transaction_id: `T-${office.enrolment}` }))).toBe(
      'CONFLICT TRANSACTION_KNOWN',
    );
    expect(await ledger()).toHaveLength(1);
  });

  test.each(['cancelled', 'refunded'])('is refused for an invoice that is %s', async (status) => {
    await academy.rows('update invoices set status = $2 where id = $1', [office.invoices[1], status]);
    expect(await codeOf(pay(office.dua, office.invoices[1]!))).toBe('CONFLICT INVOICE_NOT_PAYABLE');
  });

  test('of an unknown invoice finds nothing', async () => {
    expect(await codeOf(pay(office.dua, office.enrolment))).toBe('NOT_FOUND INVOICE_NOT_FOUND');
  });
});

describe('who may record one', () => {
  test('never a student or a mentor', async () => {
    expect(await codeOf(pay(office.student, office.invoices[0]!))).toBe('PERMISSION_DENIED');
    expect(await codeOf(pay(office.bilal, office.invoices[0]!))).toBe('PERMISSION_DENIED');
  });

  test('an enrolment manager only the first of an own student, where the company allows it', async () => {
    expect(await codeOf(pay(office.omar, office.invoices[0]!))).toBe('PERMISSION_DENIED');
    await setBilling(academy, { em_records_first_payment: true });
    expect(await codeOf(pay(office.omar, office.invoices[1]!))).toBe('PERMISSION_DENIED');
    expect(await codeOf(pay(office.omar, office.invoices[0]!, { waive_penalty: true }))).toBe('PERMISSION_DENIED');
    await academy.rows('update users set created_by = null where id = $1', [office.student.id]);
    expect(await codeOf(pay(office.omar, office.invoices[0]!))).toBe('NOT_FOUND INVOICE_NOT_FOUND');
    await academy.rows('update users set created_by = $2 where id = $1', [office.student.id, office.omar.id]);
    // What is over would pay the second one.
    expect(await codeOf(pay(office.omar, office.invoices[0]!, { amount: 333_401 }))).toBe('PERMISSION_DENIED');
    expect(await codeOf(pay(office.omar, office.invoices[0]!))).toBe('done');
  });
});

describe('more or less than what is open', () => {
  test('a part is refused unless the company accepts parts; the gate opens when the sum is reached', async () => {
    expect(await codeOf(pay(office.dua, office.invoices[0]!, { amount: 100_000 }))).toBe('INVALID_INPUT');
    await setBilling(academy, { accepts_part_payments: true });
    const part = await pay(office.dua, office.invoices[0]!, { amount: 100_000 });
    expect(part).toMatchObject({ invoice: { status: 'pending', amount_paid: 100_000 }, opened_lessons: [] });
    expect(part.payment_status).toBe('partial');
    const rest = await pay(office.dua, office.invoices[0]!);
    expect(rest).toMatchObject({ invoice: { status: 'paid', amount_paid: 333_400 } });
    expect(rest.opened_lessons).toHaveLength(1);
    expect((await ledger()).map(({ amount }) => amount)).toEqual([100_000, 233_400]);
  });

  test('what is over becomes a credit on the next invoices, and one that is covered is paid', async () => {
    await pay(office.dua, office.invoices[0]!, { amount: 333_400 + 333_300 + 1_000 });
    expect(await invoices()).toMatchObject([
      { status: 'paid', amount_paid: 667_700, credit_amount: 0 },
      { status: 'paid', amount_paid: 0, credit_amount: 333_300 },
      { status: 'scheduled', amount_paid: 0, credit_amount: 1_000 },
    ]);
    expect(await enrolment()).toMatchObject({ payment_status: 'partial', amount_paid: 667_700 });
    const last = await pay(office.dua, office.invoices[2]!);
    expect(last.invoice).toMatchObject({ payable: 332_300, amount_paid: 332_300, status: 'paid' });
    expect(await enrolment()).toMatchObject({ payment_status: 'paid', amount_paid: 1_000_000, fees_cleared: true });
  });

  test('more than everything that is owed is refused', async () => {
    expect(await codeOf(pay(office.dua, office.invoices[0]!, { amount: 1_000_001 }))).toBe('INVALID_INPUT');
    expect(await ledger()).toEqual([]);
  });
});

describe('a penalty', () => {
  test('is part of what is paid, or is waived by staff', async () => {
    await academy.rows('update invoices set penalty_amount = 5_000 where id = any ($1)', [office.invoices.slice(0, 2)]);
    expect((await pay(office.dua, office.invoices[0]!)).invoice.amount_paid).toBe(338_400);
    const waived = await pay(office.dua, office.invoices[1]!, { waive_penalty: true });
    expect(waived.invoice).toMatchObject({ payable: 333_300, amount_paid: 333_300, status: 'paid' });
    expect(await academy.rows('select penalty_waived_by from invoices where id = $1', [office.invoices[1]])).toEqual([
      { penalty_waived_by: office.dua.id },
    ]);
  });
});

describe('proofs', () => {
  const upload = (owner: Person, student: Person, more: Record<string, unknown> = {}) =>
    academy
      .rows<{ id: string }>(
        `insert into files (bucket, owner_id, path, original_name, mime, bytes, sha256, status)
         values ('student-documents', $1, $2 || '/payment-proofs/' || gen_random_uuid() || '/slip.pdf', 'slip.pdf', $3, $4, repeat('0', 64), $5)
         returning id`,
        [owner.id, student.id, more['mime'] ?? 'application/pdf', more['bytes'] ?? 1000, more['status'] ?? 'ready'],
      )
      .then(([row]) => row!.id);

  test('hang on the payment and go out with the receipt', async () => {
    const proof = await upload(office.dua, office.student);
    const { payment_id } = await pay(office.dua, office.invoices[0]!, { proofs: [proof] });
    expect(await academy.rows('select linked_table, linked_id from files where id = $1', [proof])).toEqual([
      { linked_table: 'installment_payments', linked_id: payment_id },
    ]);
    expect(
      await academy.rows(`select file_ids from email_queue where user_id = $1 and template_key = 'payment_receipt'`, [
        office.student.id,
      ]),
    ).toEqual([{ file_ids: [proof] }]);
  });

  test('are whole, small, pictures or PDF, one’s own, and about this student', async () => {
    for (const proof of [
      await upload(office.dua, office.student, { bytes: 8 * 1024 * 1024 + 1 }),
      await upload(office.dua, office.student, { mime: 'application/zip' }),
      await upload(office.dua, office.student, { status: 'uploading' }),
      await upload(office.sana, office.student),
      await upload(office.dua, office.sana),
      office.enrolment,
    ])
      expect(await codeOf(pay(office.dua, office.invoices[0]!, { proofs: [proof] }))).toBe('INVALID_INPUT');
    expect(await ledger()).toEqual([]);
  });
});
