import { expect, test } from 'vitest';
import { invoiceStatuses } from '../tables/billing.ts';
import { roles } from '../roles.ts';
import { isPayable, mayRecordPayment } from './payments.ts';

const open = { installment_number: 1, isOwnStudent: true, em_records_first_payment: true };

test.each(roles)('%s', (role) => {
  const actor = { id: 'me', role };
  const staff = role === 'admin' || role === 'superadmin';
  expect(mayRecordPayment(actor, open)).toBe(staff || role === 'enrollment_manager');
  expect(mayRecordPayment(actor, { ...open, installment_number: 2 })).toBe(staff);
  expect(mayRecordPayment(actor, { ...open, isOwnStudent: false })).toBe(staff);
  expect(mayRecordPayment(actor, { ...open, em_records_first_payment: false })).toBe(staff);
});

test('what can be paid', () => {
  expect(invoiceStatuses.filter(isPayable)).toEqual(['scheduled', 'pending', 'due']);
});
