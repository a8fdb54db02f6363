import { later, type DemoTime } from './demo-time.ts';
import type { DemoState } from './demo-states.ts';
import type { NewRow } from './insert-rows.ts';
import { seedId } from './seed-id.ts';

const gapDays = 30;
const dueDays = 5;

export type DemoFees = { invoices: NewRow[]; payment_status: string; amount_paid: number; fees_cleared: boolean };

/** Splits a fee into whole rupees, the remainder on the first part (workflows 0.6). */
export function splitFee(total: number, parts: number): number[] {
  const each = Math.floor(total / parts / 100) * 100;
  return Array.from({ length: parts }, (_, index) => (index === 0 ? total - each * (parts - 1) : each));
}

/** The invoices of one enrolment as they would stand today; numbers come later, in the order of issue. */
export function planFees(
  time: DemoTime,
  state: DemoState,
  enrolment: { id: string; studentId: string; enrolledAt: string; total: number; parts: number },
): DemoFees {
  const amounts = splitFee(enrolment.total, enrolment.parts);
  const lastIssued = amounts.findLastIndex(
    (_, index) => later(enrolment.enrolledAt, { days: index * gapDays }) <= time.now.toISOString(),
  );
  const invoices = amounts.map((amount, index): NewRow => {
    const issue = later(enrolment.enrolledAt, { days: index * gapDays });
    const due = later(issue, { days: dueDays });
    const row = {
      id: seedId('invoice', enrolment.id, String(index)),
      student_id: enrolment.studentId,
      enrollment_id: enrolment.id,
      installment_number: index + 1,
      amount,
      currency: 'PKR',
      issue_date: issue,
      due_date: due,
    };
    const isIssued = index <= lastIssued;
    const status = statusOf(state, index, isIssued, index === lastIssued, due < time.now.toISOString());
    if (status === 'paid' || status === 'refunded') {
      const paid = {
        ...row,
        status,
        amount_paid: amount,
        paid_at: later(issue, { days: 1 + (index % 3) }),
        payment_method: 'bank_transfer',
      };
      return status === 'paid'
        ? paid
        : {
            ...paid,
            amount_paid: 0,
            refunded_at: time.daysAgo(6),
            refund_amount: amount,
            refund_reason: 'Moved abroad',
            refund_method: 'bank_transfer',
          };
    }
    return status === 'due' ? { ...row, status, overdue_at: later(due, { days: 1 }) } : { ...row, status };
  });
  const amount_paid = invoices
    .filter((row) => row['status'] === 'paid')
    .reduce((sum, row) => sum + Number(row['amount']), 0);
  const isPaid = amount_paid === enrolment.total;
  return {
    invoices,
    amount_paid,
    payment_status: state.money === 'refunded' ? 'refunded' : isPaid ? 'paid' : amount_paid > 0 ? 'partial' : 'pending',
    fees_cleared: isPaid,
  };
}

function statusOf(state: DemoState, index: number, isIssued: boolean, isLast: boolean, isPastDue: boolean): string {
  if (state.money === 'refunded') return isIssued ? 'refunded' : 'cancelled';
  if (!isIssued) return 'scheduled';
  if (state.money === 'unpaid' || state.money === 'never paid') return isPastDue ? 'due' : 'pending';
  if (state.money === 'overdue' && isLast && index > 0) return isPastDue ? 'due' : 'pending';
  return 'paid';
}
