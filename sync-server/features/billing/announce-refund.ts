import { calendarDay } from '#contract/rules/dates.ts';
import { formatMoney } from '#contract/rules/money.ts';
import type { Tx } from '../../db/sql.ts';
import { notify, queueOutside } from '../notifications/index.ts';
import { readBillingFacts, type Parts } from './facts.ts';
import type { InvoiceRow } from './invoices.ts';
import { readDebtor } from './messages.ts';

type Refunded = {
  total: number;
  reason: string;
  refund_method: string;
  refund_date: string;
  suspends: boolean;
  proofs: readonly string[];
};

/** Tells the student what came back; that the access ended is said only where it did. */
export async function announceRefund(
  tx: Tx,
  parts: Parts,
  invoices: readonly InvoiceRow[],
  refund: Refunded,
): Promise<void> {
  const [first] = invoices as [InvoiceRow];
  const facts = await readBillingFacts(tx);
  const debtor = await readDebtor(tx, first.student_id);
  const fields = {
    name: debtor.name,
    total: formatMoney(refund.total, first.currency),
    installments: invoices.map(({ installment_number }) => installment_number).join(', '),
    method: refund.refund_method.replace('_', ' '),
    date: calendarDay(refund.refund_date, facts.timezone),
    reason: refund.reason,
    suspended: refund.suspends ? 'Your access has ended with it.' : '',
  };
  const dedupe = `refund:${invoices.map(({ id }) => id).join(',')}:${parts.clock.now().toISOString()}`;
  const message = {
    template: 'refund_confirmation',
    to: debtor.id,
    fields,
    link: `invoice/${first.id}`,
    dedupe,
  } as const;
  await notify(tx, parts, message);
  await queueOutside(tx, parts, message, { fileIds: refund.proofs, copies: facts.billing_email_cc });
}
