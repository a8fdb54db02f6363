import { addCalendarDays, calendarDay, startOfDay } from './dates.ts';
import { splitFee } from './money.ts';

/** What a schedule of installments is made from (data model R7, workflows 3.4 step 6). */
export type SchedulePlan = {
  /** Minor units. */
  total: number;
  installments: number;
  now: string;
  /** Calendar day on which the batch starts; null without a batch. */
  batchStart: string | null;
  /** Days between two issue dates. */
  gapDays: number;
  /** Days from issue to due. */
  dueDays: number;
  timeZone: string;
};

export type PlannedInvoice = {
  installment_number: number;
  amount: number;
  issue_date: string;
  /** The beginning of the due day in company time; late is who has not paid when that day is over. */
  due_date: string;
  status: 'pending' | 'scheduled';
};

/**
 * The invoices of one enrolment. The first is issued at once, the others one gap apart from the batch's start (or today), and
 * never closer than a gap to the one before: who joins a batch late does not get several at once. A fee of 0 has none.
 */
export function planInvoices(plan: SchedulePlan): PlannedInvoice[] {
  const today = calendarDay(plan.now, plan.timeZone);
  let issued = today;
  return splitFee(plan.total, plan.installments).map((amount, index) => {
    if (index > 0) {
      const planned = addCalendarDays(plan.batchStart ?? today, index * plan.gapDays);
      const earliest = addCalendarDays(issued, plan.gapDays);
      issued = planned > earliest ? planned : earliest;
    }
    return {
      installment_number: index + 1,
      amount,
      issue_date: index === 0 ? plan.now : startOfDay(issued, plan.timeZone),
      due_date: startOfDay(addCalendarDays(issued, plan.dueDays), plan.timeZone),
      status: index === 0 ? 'pending' : 'scheduled',
    };
  });
}
