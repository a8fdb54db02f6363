import type { InvoiceStatus } from '../tables/billing.ts';

/** What decides about an invoice's money; all amounts are minor units. */
export type OwedInvoice = {
  id: string;
  enrollment_id: string | null;
  installment_number: number;
  status: InvoiceStatus;
  amount: number;
  penalty_amount: number;
  credit_amount: number;
  amount_paid: number;
};
export type PaymentStatus = 'pending' | 'partial' | 'paid' | 'waived' | 'refunded';
export type OwedEnrolment = {
  id: string;
  status: 'active' | 'completed' | 'paused' | 'cancelled';
  payment_status: PaymentStatus;
  total_amount: number;
  amount_paid: number;
};

type Sums = Pick<OwedInvoice, 'amount' | 'penalty_amount' | 'credit_amount' | 'amount_paid'>;

/** What the student has to bring for this invoice in all. */
export const payableOf = ({ amount, penalty_amount, credit_amount }: Sums): number =>
  amount + penalty_amount - credit_amount;

/** What is still missing. */
export const remainingOf = (invoice: Sums): number => Math.max(0, payableOf(invoice) - invoice.amount_paid);

const openStatuses: readonly InvoiceStatus[] = ['scheduled', 'pending', 'due'];
/** Still to be paid, or to be issued. */
export const isOpen = ({ status }: Pick<OwedInvoice, 'status'>): boolean => openStatuses.includes(status);

/** What a paid invoice leaves for others, or took from them; what was given back in part takes nothing. */
const overpaid = ({ amount, penalty_amount, credit_amount, amount_paid }: Sums): number =>
  Math.max(amount_paid - amount - penalty_amount, -credit_amount);

/**
 * What was paid too much for one enrolment, spread over its open invoices in their order (decisions: what is over becomes a
 * credit on the next invoice). Answers the open invoices with their credit worked out anew; one that is covered counts as paid.
 */
export function spreadCredit<I extends OwedInvoice>(invoices: readonly I[]): I[] {
  let over = invoices.filter(({ status }) => status === 'paid').reduce((sum, invoice) => sum + overpaid(invoice), 0);
  return invoices
    .filter(isOpen)
    .toSorted((a, b) => a.installment_number - b.installment_number)
    .map((invoice) => {
      const bare = { ...invoice, credit_amount: 0 };
      const credit_amount = Math.max(0, Math.min(over, remainingOf(bare)));
      over -= credit_amount;
      const credited = { ...bare, credit_amount };
      return remainingOf(credited) === 0 ? { ...credited, status: 'paid' as const } : credited;
    });
}

/** What of a payment would find no invoice to go to. */
export const surplusOf = (invoices: readonly OwedInvoice[], invoice: OwedInvoice, paid: number): number =>
  Math.max(
    0,
    paid -
      invoices
        .filter(
          (other) =>
            isOpen(other) && (other.id === invoice.id || other.installment_number > invoice.installment_number),
        )
        .reduce((sum, other) => sum + remainingOf(other), 0),
  );

/**
 * Sums and payment status of an enrolment (data model R9, R10). An enrolment without invoices keeps what it says: it was waived,
 * or comes from before there were any. Once money was given back and the enrolment ended, or nothing else is left, it is refunded.
 */
export function settleEnrolment(
  enrolment: OwedEnrolment,
  invoices: readonly OwedInvoice[],
): Pick<OwedEnrolment, 'payment_status' | 'total_amount' | 'amount_paid'> {
  const live = invoices.filter(({ status }) => status !== 'cancelled');
  const { payment_status, total_amount } = enrolment;
  if (live.length === 0) return { payment_status, total_amount, amount_paid: enrolment.amount_paid };
  const sum = (pick: (invoice: OwedInvoice) => number) => live.reduce((total, invoice) => total + pick(invoice), 0);
  const amount_paid = sum((invoice) => invoice.amount_paid);
  return {
    total_amount: sum((invoice) => invoice.amount + invoice.penalty_amount),
    amount_paid,
    payment_status: statusOf(enrolment, live, amount_paid),
  };
}

function statusOf({ status }: OwedEnrolment, live: readonly OwedInvoice[], paid: number): PaymentStatus {
  const kept = live.filter((invoice) => invoice.status !== 'refunded');
  if (kept.length === 0 || (status === 'cancelled' && kept.length < live.length)) return 'refunded';
  if (kept.every((invoice) => invoice.status === 'paid')) return 'paid';
  return paid > 0 ? 'partial' : 'pending';
}

/**
 * Whether a student owes nothing (data model R12): every enrolment that is going on is paid or waived and no invoice is open.
 * Cancelled and refunded ones count for nothing; who has no enrolment has paid nothing.
 */
export function areFeesCleared(enrolments: readonly OwedEnrolment[], invoices: readonly OwedInvoice[]): boolean {
  const going = enrolments.filter(({ status }) => status === 'active' || status === 'completed');
  return (
    going.length > 0 &&
    going.every(({ payment_status }) => payment_status === 'paid' || payment_status === 'waived') &&
    !invoices.some(isOpen)
  );
}
