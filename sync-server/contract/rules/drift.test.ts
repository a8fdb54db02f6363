import { expect, test } from 'vitest';
import { findDrift, type DriftEnrolment, type DriftInvoice } from './drift.ts';

const enrolment = (id: string, more: Partial<DriftEnrolment> = {}): DriftEnrolment => ({
  id,
  kind: 'direct',
  isGoing: true,
  isWaived: false,
  total_amount: 1000,
  courses: ['store'],
  snapshot_price: 1000,
  catalogue_price: 1000,
  ...more,
});
const invoice = (id: string, enrollment_id: string | null, owed = 1000): DriftInvoice => ({
  id,
  enrollment_id,
  isOpen: true,
  owed,
});

test('nothing where both say the same, or differ by less than a unit', () => {
  expect(findDrift([enrolment('a')], [invoice('1', 'a')], false)).toBeNull();
  expect(findDrift([enrolment('a')], [invoice('1', 'a', 1099)], false)).toBeNull();
  expect(findDrift([enrolment('a', { isWaived: true })], [], false)).toBeNull();
});

test('a different sum', () => {
  expect(findDrift([enrolment('a')], [invoice('1', 'a', 1100)], false)).toMatchObject({
    expected_total: 1000,
    actual_total: 1100,
  });
});

test('open invoices of nothing that goes on', () => {
  const ended = enrolment('b', { isGoing: false });
  expect(
    findDrift([enrolment('a'), ended], [invoice('1', 'a'), invoice('2', 'b'), invoice('3', null)], false)?.orphans,
  ).toEqual(['2', '3']);
  const paid = { ...invoice('2', 'b'), isOpen: false };
  expect(findDrift([enrolment('a'), ended], [invoice('1', 'a'), paid], false)).toBeNull();
});

test('a course beside the pathway that holds it, also for somebody who has paid', () => {
  const pathway = enrolment('p', { kind: 'pathway', courses: ['store', 'ads'] });
  const found = findDrift([enrolment('a'), pathway], [invoice('1', 'a'), invoice('2', 'p')], true);
  expect(found).toMatchObject({ phantoms: ['a'], orphans: [], repriced: [] });
});

test('a pathway that another one holds, and of two alike the later', () => {
  const big = enrolment('big', { kind: 'pathway', courses: ['store', 'ads'] });
  const small = enrolment('small', { kind: 'pathway', courses: ['ads'] });
  const same = enrolment('same', { kind: 'pathway', courses: ['ads', 'store'] });
  const invoices = ['big', 'small', 'same'].map((id) => invoice(id, id));
  expect(findDrift([big, small, same], invoices, false)?.duplicates).toEqual(['small', 'same']);
});

test('a price that moved is told, and for somebody who has paid it is no news', () => {
  const moved = [enrolment('a', { catalogue_price: 1200 })];
  expect(findDrift(moved, [invoice('1', 'a')], false)?.repriced).toEqual(['a']);
  expect(findDrift(moved, [invoice('1', 'a')], true)).toBeNull();
});
