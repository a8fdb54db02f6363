import { splitRefund, type Refundable } from '#contract/rules/refunds.ts';
import type { Tx } from '../../db/sql.ts';
import { issueNumber, type By, type Parts } from './facts.ts';
import type { InvoiceRow } from './invoices.ts';
import { linkProofs } from './proof-files.ts';

type Terms = {
  /** Minor units; left out: everything that was paid. */
  amount?: number | undefined;
  reason: string;
  refund_method: string;
  /** Beginning of the company day. */
  refund_date: string;
  proofs: readonly string[];
  isPart: boolean;
};

/** Reverses the payments of one invoice line by line. Answers the new lines of the ledger. */
export async function giveBack(
  tx: Tx,
  parts: Parts,
  invoice: InvoiceRow,
  terms: Terms,
  by: By,
): Promise<{ number: string; amount: number }[]> {
  const amount = terms.amount ?? invoice.amount_paid;
  const rows = splitRefund(await readPayments(tx, invoice.id), amount);
  if (!rows) throw new Error(`invoice ${invoice.id} says more was paid than the ledger`);
  const lines = [];
  for (const row of rows) lines.push(await insertRefund(tx, parts, invoice, row, terms, by));
  await tx.query(
    `update invoices set status = case when $2 then status else 'refunded' end, amount_paid = amount_paid - $3,
       refunded_at = $4, refund_amount = coalesce(refund_amount, 0) + $3, refund_reason = $5, refund_method = $6, refunded_by = $7
     where id = $1`,
    [invoice.id, terms.isPart, amount, terms.refund_date, terms.reason, terms.refund_method, by.actor],
  );
  return lines;
}

async function readPayments(tx: Tx, invoiceId: string): Promise<Refundable[]> {
  const { rows } = await tx.query<Refundable>(
    `select p.id, p.amount, coalesce((select sum(r.amount) from installment_payments r where r.reverses_id = p.id), 0)::bigint as given_back
     from installment_payments p where p.invoice_id = $1 and p.status = 'paid' order by p.created_at, p.id`,
    [invoiceId],
  );
  return rows;
}

async function insertRefund(
  tx: Tx,
  parts: Parts,
  invoice: InvoiceRow,
  { reverses_id, amount }: { reverses_id: string; amount: number },
  terms: Terms,
  by: By,
): Promise<{ number: string; amount: number }> {
  const number = await issueNumber(tx, 'RFND', parts.clock.now());
  const { rows } = await tx.query<{ id: string }>(
    `insert into installment_payments (student_id, invoice_id, amount, currency, receipt_number, payment_date, payment_method,
       status, proof_file_ids, recorded_by, reverses_id)
     values ($1, $2, $3, $4, $5, $6, $7, 'refunded', $8, $9, $10) returning id`,
    [
      invoice.student_id,
      invoice.id,
      amount,
      invoice.currency,
      number,
      terms.refund_date,
      terms.refund_method,
      terms.proofs,
      by.actor,
      reverses_id,
    ],
  );
  await linkProofs(tx, terms.proofs, rows[0]!.id);
  return { number, amount };
}
