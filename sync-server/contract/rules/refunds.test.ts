import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { splitRefund } from './refunds.ts';

test('the newest payment goes back first', () => {
  const payments = [
    { id: 'old', amount: 100, given_back: 0 },
    { id: 'new', amount: 50, given_back: 20 },
  ];
  expect(splitRefund(payments, 30)).toEqual([{ reverses_id: 'new', amount: 30 }]);
  expect(splitRefund(payments, 40)).toEqual([
    { reverses_id: 'new', amount: 30 },
    { reverses_id: 'old', amount: 10 },
  ]);
  expect(splitRefund(payments, 131)).toBeNull();
});

const payment = fc.record({ id: fc.uuid(), amount: fc.integer({ min: 1, max: 1000 }) });
test.prop([fc.array(payment, { maxLength: 6 }), fc.nat(4000)])(
  'no payment gives back more than it was',
  (payments, amount) => {
    const given = payments.map((one) => ({ ...one, given_back: 0 }));
    const rows = splitRefund(given, amount);
    const received = payments.reduce((sum, one) => sum + one.amount, 0);
    expect(rows === null).toBe(amount > received);
    expect((rows ?? []).reduce((sum, row) => sum + row.amount, 0)).toBe(rows === null ? 0 : amount);
  },
);
