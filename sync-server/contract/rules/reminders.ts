import type { BillingSettings, Invoice } from '../tables/billing.ts';
import { addCalendarDays, calendarDay } from './dates.ts';
import { percentOf } from './money.ts';

const dayMilliseconds = 86_400_000;

/** What decides about the next step of an invoice (workflows 3.14); instants are ISO text. */
export type ChasedInvoice = Pick<Invoice, 'status' | 'issue_date' | 'due_date' | 'extended_due_date'> & {
  /** Day from which the reminders count where more time was given; else they count from the issue day. */
  reminder_from: string | null;
  /** The last reminder that was sent or left out: 0, 1 or 2. */
  reminder_step: number;
};

/** What today's run does with an invoice. `skipTo`: reminders up to this one are left out for good. */
export type InvoiceStep =
  | { kind: 'issue'; skipTo: 0 | 1 | 2 }
  | { kind: 'remind'; step: 1 | 2 }
  | { kind: 'overdue' }
  | { kind: 'nothing' };

/** The last day on which an invoice may be paid in time. */
export const dueDay = (invoice: Pick<Invoice, 'due_date' | 'extended_due_date'>, timeZone: string): string =>
  calendarDay(invoice.extended_due_date ?? invoice.due_date, timeZone);

/** Late is who has not paid when the due day has ended in company time. */
export const isPastDue = (
  invoice: Pick<Invoice, 'due_date' | 'extended_due_date'>,
  now: string,
  timeZone: string,
): boolean => calendarDay(now, timeZone) > dueDay(invoice, timeZone);

/**
 * The one step a run takes: issue it, the strongest reminder that is due, or overdue. Depends on the state alone, so a second
 * run on the same day does nothing, and one after a pause skips what came too late.
 */
export function nextStep(invoice: ChasedInvoice, now: string, timeZone: string): InvoiceStep {
  const today = calendarDay(now, timeZone);
  const reached = reachedReminder(invoice, today, timeZone);
  if (invoice.status === 'scheduled') {
    const isDue = invoice.issue_date !== null && calendarDay(invoice.issue_date, timeZone) <= today;
    return isDue ? { kind: 'issue', skipTo: reached } : { kind: 'nothing' };
  }
  if (invoice.status !== 'pending') return { kind: 'nothing' };
  if (isPastDue(invoice, now, timeZone)) return { kind: 'overdue' };
  return reached > invoice.reminder_step && reached !== 0 ? { kind: 'remind', step: reached } : { kind: 'nothing' };
}

/** Reminders come after a third and two thirds of the days there are. */
function reachedReminder(invoice: ChasedInvoice, today: string, timeZone: string): 0 | 1 | 2 {
  const start = invoice.reminder_from ?? calendarDay(invoice.issue_date ?? invoice.due_date, timeZone);
  const days = Math.max(0, (Date.parse(dueDay(invoice, timeZone)) - Date.parse(start)) / dayMilliseconds);
  const dayOf = (thirds: number) => addCalendarDays(start, Math.floor((thirds * days) / 3));
  if (today >= dayOf(2)) return 2;
  return today >= dayOf(1) ? 1 : 0;
}

/** What lateness costs; stored with the invoice when it becomes overdue. */
export function penaltyOf(
  amount: number,
  settings: Pick<BillingSettings, 'overdue_penalty_type' | 'overdue_penalty_amount' | 'overdue_penalty_percent'>,
): number {
  switch (settings.overdue_penalty_type) {
    case 'fixed':
      return settings.overdue_penalty_amount;
    case 'percentage':
      return percentOf(amount, settings.overdue_penalty_percent);
    case 'none':
      return 0;
  }
}
