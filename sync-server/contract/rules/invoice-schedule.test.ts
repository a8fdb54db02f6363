import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { calendarDay } from './dates.ts';
import { planInvoices, type SchedulePlan } from './invoice-schedule.ts';

const timeZone = 'Asia/Karachi';
const plan = (more: Partial<SchedulePlan> = {}): SchedulePlan => ({
  total: 1_000_000,
  installments: 3,
  now: '2027-03-01T08:00:00.000Z',
  batchStart: '2027-03-10',
  gapDays: 30,
  dueDays: 5,
  timeZone,
  ...more,
});
const days = (given: SchedulePlan) =>
  planInvoices(given).map(({ issue_date, due_date }) => [
    calendarDay(issue_date, given.timeZone),
    calendarDay(due_date, given.timeZone),
  ]);

test('the schedule of workflows 2.5', () => {
  expect(days(plan())).toEqual([
    ['2027-03-01', '2027-03-06'],
    ['2027-04-09', '2027-04-14'],
    ['2027-05-09', '2027-05-14'],
  ]);
  expect(planInvoices(plan()).map(({ amount, status }) => [amount, status])).toEqual([
    [333_400, 'pending'],
    [333_300, 'scheduled'],
    [333_300, 'scheduled'],
  ]);
});

test('who joins a batch that began long ago gets one invoice at a time', () => {
  expect(days(plan({ batchStart: '2027-01-01' })).map(([issue]) => issue)).toEqual([
    '2027-03-01',
    '2027-03-31',
    '2027-04-30',
  ]);
});

test('without a batch it counts from today, and nothing to pay is no invoice', () => {
  expect(days(plan({ batchStart: null })).map(([issue]) => issue)).toEqual(['2027-03-01', '2027-03-31', '2027-04-30']);
  expect(planInvoices(plan({ total: 0 }))).toEqual([]);
});

test('days are those of the company: late in the evening in Karachi it is still yesterday in UTC', () => {
  const [first, second] = planInvoices(plan({ now: '2027-02-28T20:30:00.000Z', batchStart: null }));
  expect(first!.due_date).toBe('2027-03-05T19:00:00.000Z');
  expect(second!.issue_date).toBe('2027-03-30T19:00:00.000Z');
});

const someDay = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
test.prop([
  fc.record({
    total: fc.nat(100_000_000),
    installments: fc.integer({ min: 1, max: 12 }),
    now: someDay.map((date) => date.toISOString()),
    batchStart: fc.option(someDay.map((date) => date.toISOString().slice(0, 10))),
    gapDays: fc.integer({ min: 1, max: 90 }),
    dueDays: fc.integer({ min: 1, max: 365 }),
    timeZone: fc.constantFrom('Asia/Karachi', 'UTC', 'America/New_York', 'Pacific/Auckland'),
  }),
])('the parts add up, and issue dates stand at least a gap apart', (given) => {
  const invoices = planInvoices(given);
  expect(invoices.reduce((sum, { amount }) => sum + amount, 0)).toBe(given.total);
  invoices.forEach((invoice, index) => {
    const issued = Date.parse(calendarDay(invoice.issue_date, given.timeZone));
    expect(Date.parse(calendarDay(invoice.due_date, given.timeZone)) - issued).toBe(given.dueDays * 86_400_000);
    const before = invoices[index - 1];
    if (before)
      expect(issued - Date.parse(calendarDay(before.issue_date, given.timeZone))).toBeGreaterThanOrEqual(
        given.gapDays * 86_400_000,
      );
  });
});
