import { describe, expect, test } from 'vitest';
import { startOfDay } from './dates.ts';
import { nextStep, penaltyOf, type ChasedInvoice } from './reminders.ts';

const zone = 'Asia/Karachi';
const noon = (day: string) => `${day}T12:00:00.000Z`;
/** Invoice 2 of workflows 2.5: issued 9 April, due 14 April. */
const invoice = (more: Partial<ChasedInvoice> = {}): ChasedInvoice => ({
  status: 'scheduled',
  issue_date: startOfDay('2027-04-09', zone),
  due_date: startOfDay('2027-04-14', zone),
  extended_due_date: null,
  reminder_from: null,
  reminder_step: 0,
  ...more,
});
const on = (day: string, given: ChasedInvoice) => nextStep(given, noon(day), zone);

describe('the reminders of workflows 2.5', () => {
  test('issued on its day, reminded on the 10th and the 12th, overdue at the run of the 15th', () => {
    expect(on('2027-04-08', invoice())).toEqual({ kind: 'nothing' });
    expect(on('2027-04-09', invoice())).toEqual({ kind: 'issue', skipTo: 0 });
    const issued = invoice({ status: 'pending' });
    expect(on('2027-04-09', issued)).toEqual({ kind: 'nothing' });
    expect(on('2027-04-10', issued)).toEqual({ kind: 'remind', step: 1 });
    const reminded = { ...issued, reminder_step: 1 };
    expect(on('2027-04-11', reminded)).toEqual({ kind: 'nothing' });
    expect(on('2027-04-12', reminded)).toEqual({ kind: 'remind', step: 2 });
    expect(on('2027-04-14', { ...issued, reminder_step: 2 })).toEqual({ kind: 'nothing' });
    expect(on('2027-04-15', { ...issued, reminder_step: 2 })).toEqual({ kind: 'overdue' });
  });

  test('after a pause from the 8th to the 13th it is issued without reminders, which never come', () => {
    expect(on('2027-04-13', invoice())).toEqual({ kind: 'issue', skipTo: 2 });
    const issued = invoice({ status: 'pending', reminder_step: 2 });
    expect(on('2027-04-13', issued)).toEqual({ kind: 'nothing' });
    expect(on('2027-04-14', issued)).toEqual({ kind: 'nothing' });
    expect(on('2027-04-15', issued)).toEqual({ kind: 'overdue' });
  });

  test('a pause between them sends the strongest only', () => {
    expect(on('2027-04-13', invoice({ status: 'pending' }))).toEqual({ kind: 'remind', step: 2 });
    expect(on('2027-04-20', invoice({ status: 'pending' }))).toEqual({ kind: 'overdue' });
  });
});

test('with more time the reminders count from the day it was given', () => {
  const extended = invoice({
    status: 'pending',
    extended_due_date: startOfDay('2027-05-03', zone),
    reminder_from: '2027-04-21',
  });
  expect(on('2027-04-24', extended)).toEqual({ kind: 'nothing' });
  expect(on('2027-04-25', extended)).toEqual({ kind: 'remind', step: 1 });
  expect(on('2027-04-29', { ...extended, reminder_step: 1 })).toEqual({ kind: 'remind', step: 2 });
  expect(on('2027-05-04', { ...extended, reminder_step: 2 })).toEqual({ kind: 'overdue' });
});

test('the due day ends by the company clock: an hour before midnight in Karachi nobody is late', () => {
  const issued = invoice({ status: 'pending', reminder_step: 2 });
  expect(nextStep(issued, '2027-04-14T18:59:59.000Z', zone)).toEqual({ kind: 'nothing' });
  expect(nextStep(issued, '2027-04-14T19:00:00.000Z', zone)).toEqual({ kind: 'overdue' });
});

test.each(['due', 'paid', 'cancelled', 'refunded'] as const)('an invoice that is %s is left alone', (status) => {
  expect(on('2027-06-01', invoice({ status }))).toEqual({ kind: 'nothing' });
});

test('what lateness costs', () => {
  const cost = { overdue_penalty_amount: 50_000, overdue_penalty_percent: 2.5 };
  expect(penaltyOf(333_300, { overdue_penalty_type: 'none', ...cost })).toBe(0);
  expect(penaltyOf(333_300, { overdue_penalty_type: 'fixed', ...cost })).toBe(50_000);
  expect(penaltyOf(333_300, { overdue_penalty_type: 'percentage', ...cost })).toBe(8_333);
});
