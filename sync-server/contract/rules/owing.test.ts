import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  areFeesCleared,
  remainingOf,
  settleEnrolment,
  spreadCredit,
  surplusOf,
  type OwedEnrolment,
  type OwedInvoice,
} from './owing.ts';

const invoice = (installment_number: number, more: Partial<OwedInvoice> = {}): OwedInvoice => ({
  id: `invoice ${installment_number}`,
  enrollment_id: 'enrolment',
  installment_number,
  status: 'pending',
  amount: 100,
  penalty_amount: 0,
  credit_amount: 0,
  amount_paid: 0,
  ...more,
});
const enrolment = (more: Partial<OwedEnrolment> = {}): OwedEnrolment => ({
  id: 'enrolment',
  status: 'active',
  payment_status: 'pending',
  total_amount: 0,
  amount_paid: 0,
  ...more,
});
const paid = { status: 'paid', amount_paid: 100 } as const;

describe('what was paid too much', () => {
  test('comes off the next invoices in their order, and one that is covered is paid', () => {
    const spread = spreadCredit([
      invoice(3, { status: 'scheduled' }),
      invoice(1, { status: 'paid', amount_paid: 230 }),
      invoice(2, { status: 'scheduled' }),
      invoice(4, { status: 'cancelled' }),
    ]);
    expect(
      spread.map(({ installment_number, credit_amount, status }) => [installment_number, credit_amount, status]),
    ).toEqual([
      [2, 100, 'paid'],
      [3, 30, 'scheduled'],
    ]);
  });

  test('is not counted twice once a credited invoice is paid', () => {
    expect(
      spreadCredit([
        invoice(1, { status: 'paid', amount_paid: 130 }),
        invoice(2, { status: 'paid', amount_paid: 70, credit_amount: 30 }),
        invoice(3),
      ]).map(({ credit_amount }) => credit_amount),
    ).toEqual([0]);
  });

  test('is not eaten up by a part refund of another', () => {
    const spread = spreadCredit([
      invoice(1, { status: 'paid', amount_paid: 70 }),
      invoice(2, { status: 'paid', amount_paid: 120 }),
      invoice(3),
    ]);
    expect(spread.map(({ credit_amount }) => credit_amount)).toEqual([20]);
  });

  test('is taken back where it was given back', () => {
    expect(spreadCredit([invoice(1, { status: 'refunded' }), invoice(2, { credit_amount: 30 })])).toEqual([invoice(2)]);
  });

  test('needs an invoice to go to', () => {
    const all = [invoice(1), invoice(2), invoice(3, paid)];
    expect(surplusOf(all, all[0]!, 200)).toBe(0);
    expect(surplusOf(all, all[0]!, 201)).toBe(1);
    expect(surplusOf(all, all[1]!, 150)).toBe(50);
  });
});

test.prop([
  fc.nat(500),
  fc.array(fc.record({ amount: fc.integer({ min: 1, max: 200 }), amount_paid: fc.nat(100) }), { maxLength: 5 }),
])('no minor unit of an overpayment is lost or made up', (over, open) => {
  const invoices = [
    invoice(1, { status: 'paid', amount_paid: 100 + over }),
    ...open.map((sums, at) => invoice(at + 2, { ...sums, amount_paid: Math.min(sums.amount_paid, sums.amount - 1) })),
  ];
  const owed = invoices.slice(1).reduce((sum, one) => sum + remainingOf(one), 0);
  const spread = spreadCredit(invoices);
  expect(spread.reduce((sum, one) => sum + one.credit_amount, 0)).toBe(Math.min(over, owed));
  for (const one of spread)
    expect(one.amount + one.penalty_amount - one.credit_amount - one.amount_paid).toBeGreaterThanOrEqual(0);
});

describe('an enrolment', () => {
  const settle = (invoices: OwedInvoice[], more: Partial<OwedEnrolment> = {}) =>
    settleEnrolment(enrolment(more), invoices);

  test('moves from pending over partial to paid', () => {
    expect(settle([invoice(1), invoice(2)])).toEqual({ payment_status: 'pending', total_amount: 200, amount_paid: 0 });
    expect(settle([invoice(1, { amount_paid: 40 }), invoice(2)]).payment_status).toBe('partial');
    expect(settle([invoice(1, paid), invoice(2)]).payment_status).toBe('partial');
    expect(settle([invoice(1, paid), invoice(2, paid)])).toEqual({
      payment_status: 'paid',
      total_amount: 200,
      amount_paid: 200,
    });
  });

  test('counts a penalty, and never what was cancelled', () => {
    expect(
      settle([invoice(1, { ...paid, penalty_amount: 7, amount_paid: 107 }), invoice(2, { status: 'cancelled' })]),
    ).toEqual({
      payment_status: 'paid',
      total_amount: 107,
      amount_paid: 107,
    });
  });

  test('is refunded when it ended with money given back, or nothing else is left', () => {
    const back = invoice(1, { status: 'refunded' });
    expect(settle([back]).payment_status).toBe('refunded');
    expect(settle([back, invoice(2, paid)], { status: 'cancelled' }).payment_status).toBe('refunded');
    expect(settle([back, invoice(2, paid)]).payment_status).toBe('paid');
  });

  test('that has no invoices keeps its word', () => {
    expect(settle([], { payment_status: 'waived', total_amount: 0 }).payment_status).toBe('waived');
    expect(
      settle([invoice(1, { status: 'cancelled' })], { payment_status: 'pending', total_amount: 5 }).total_amount,
    ).toBe(5);
  });
});

describe('fees are cleared', () => {
  const cleared = enrolment({ payment_status: 'paid' });
  test('when everything that goes on is paid or waived', () => {
    expect(areFeesCleared([cleared, enrolment({ payment_status: 'waived' })], [invoice(1, paid)])).toBe(true);
    expect(areFeesCleared([cleared, enrolment()], [])).toBe(false);
  });
  test('and nothing is open; cancelled and refunded invoices do not block for ever', () => {
    expect(areFeesCleared([cleared], [invoice(2, { status: 'scheduled' })])).toBe(false);
    expect(areFeesCleared([cleared], [invoice(2, { status: 'cancelled' }), invoice(3, { status: 'refunded' })])).toBe(
      true,
    );
  });
  test('never for somebody without an enrolment, or with an ended one only', () => {
    expect(areFeesCleared([], [])).toBe(false);
    expect(areFeesCleared([{ ...cleared, status: 'cancelled' }], [])).toBe(false);
  });
});
