import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asActor, asServer } from '../../db/as-actor.ts';
import { roles } from '#contract/roles.ts';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { callCommand, openOffice, type Office } from '../../testing/office.ts';
import { issueNumber } from './facts.ts';
import { markInvoicePaid } from './mark-paid.ts';

let academy: Academy;
let office: Office;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());

const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: Error) => error.message,
  );

describe('the ledger of payments', () => {
  beforeEach(async () => {
    office = await openOffice(academy);
    await callCommand(academy, office.dua, markInvoicePaid, {
      invoice_id: office.invoices[0]!,
      payment_date: '2027-03-01',
      payment_method: 'cash',
    });
  });
  const mine = 'where student_id = $1';

  test('is never changed or removed, not even by the server', async () => {
    const before = await academy.rows(`select * from installment_payments ${mine}`, [office.student.id]);
    for (const change of [
      `update installment_payments set amount = 1 ${mine}`,
      `update installment_payments set status = 'failed' ${mine}`,
      `update installment_payments set is_deleted = true ${mine}`,
      `update installment_payments set receipt_number = 'RCPT-2027-999999' ${mine}`,
      `delete from installment_payments ${mine}`,
    ])
      expect(await refused(academy.rows(change, [office.student.id])), change).toContain('never changed or removed');
    expect(await refused(academy.rows('truncate installment_payments cascade'))).toContain('never changed or removed');
    expect(await academy.rows(`select * from installment_payments ${mine}`, [office.student.id])).toEqual(before);
  });

  test('takes the document of a receipt later', async () => {
    const [file] = await academy.rows<{ id: string }>(
      `insert into files (bucket, path, original_name, mime, bytes, sha256)
       values ('student-documents', gen_random_uuid()::text, 'r.pdf', 'application/pdf', 1, repeat('0', 64)) returning id`,
    );
    const [row] = await academy.rows<{ receipt_file_id: string }>(
      `update installment_payments set receipt_file_id = $2 ${mine} returning receipt_file_id`,
      [office.student.id, file!.id],
    );
    expect(row!.receipt_file_id).toBe(file!.id);
  });

  test.each(roles)('takes nothing from the role %s', async (role) => {
    const write = (text: string) =>
      refused(asActor(academy.database.people, { id: office.sana.id, role }, (tx) => tx.query(text)));
    expect(await write(`update installment_payments set amount = 1`)).toContain('permission denied');
    expect(await write(`delete from installment_payments`)).toContain('permission denied');
    expect(
      await write(
        `insert into installment_payments (student_id, invoice_id, amount, currency, receipt_number, payment_method)
         values ('${office.student.id}', '${office.invoices[1]}', 1, 'PKR', 'x', 'cash')`,
      ),
    ).toContain('permission denied');
  });
});

describe('numbers', () => {
  const next = (moment: string, fails = false) =>
    asServer(academy.database.server, async (tx) => {
      const number = await issueNumber(tx, 'RFND', new Date(moment));
      if (fails) throw new Error('rolled back');
      return number;
    });
  const march = '2031-03-01T08:00:00Z';

  test('have no gap, whoever asks at the same time and whatever is rolled back', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 24 }, (_, at) => next(march, at % 3 === 1)));
    const numbers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(numbers).toHaveLength(16);
    expect(numbers.toSorted()).toEqual(
      Array.from({ length: 16 }, (_, at) => `RFND-2031-${String(at + 1).padStart(6, '0')}`),
    );
    expect(await next(march)).toBe('RFND-2031-000017');
  });

  test('begin anew with the company’s year, which is not that of UTC', async () => {
    expect(await next('2031-12-31T18:59:59Z')).toMatch(/^RFND-2031-/);
    expect(await next('2031-12-31T19:00:00Z')).toBe('RFND-2032-000001');
  });

  test('grow beyond six digits', async () => {
    await academy.rows(`insert into number_counters (scope, last_value) values ('refund:2040', 999999)`);
    expect(await next('2040-06-01T00:00:00Z')).toBe('RFND-2040-1000000');
  });
});
