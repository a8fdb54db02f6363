import { formatMoney } from '#contract/rules/money.ts';
import type { Tx } from '../../db/sql.ts';
import { notify, queueOutside } from '../notifications/index.ts';
import { readBillingFacts, type BillingFacts, type Parts } from './facts.ts';
import { readInvoice } from './invoices.ts';
import { readDebtor, wordsOf, type Debtor } from './messages.ts';
import type { Payment, Recorded } from './record-payment.ts';

/** Tells the student that the money arrived, with the receipt; the first invoice that is paid welcomes them (workflows 3.11). */
export async function announcePayment(
  tx: Tx,
  parts: Parts,
  invoiceId: string,
  recorded: Recorded,
  payment: Payment,
): Promise<void> {
  const facts = await readBillingFacts(tx);
  const invoice = await readInvoice(tx, invoiceId);
  const debtor = await readDebtor(tx, invoice.student_id);
  const fields = {
    ...wordsOf(invoice, debtor, facts),
    received: formatMoney(recorded.amount, invoice.currency),
    receipt_number: recorded.receipt_number,
    date: payment.payment_date,
    method: payment.payment_method.replace('_', ' '),
    notes: payment.notes ?? '',
  };
  const message = { to: debtor.id, fields, link: `invoice/${invoice.id}`, dedupe: `receipt:${recorded.id}` };
  await notify(tx, parts, { template: 'invoice_paid', ...message });
  await queueOutside(
    tx,
    parts,
    { template: 'payment_receipt', ...message },
    {
      fileIds: payment.proofs,
      copies: facts.billing_email_cc,
    },
  );
  if (invoice.status === 'paid') await welcome(tx, parts, invoice.enrollment_id, debtor, facts);
}

/** Once in a student's life: where the course meets and whom to ask. */
async function welcome(
  tx: Tx,
  parts: Parts,
  enrolmentId: string | null,
  debtor: Debtor,
  facts: BillingFacts,
): Promise<void> {
  const { rows } = await tx.query<{ batch: string | null; pointers: string | null }>(
    `select
       (select concat_ws(E'\\n', b.name || ', from ' || b.start_date, b.whatsapp_group_link, b.facebook_community_link)
        from course_enrollments e join batches b on b.id = e.batch_id where e.id = $1) as batch,
       (select concat_ws(E'\\n', c.onboarding_video_url, (
          select string_agg(coalesce(p ->> 'text', p #>> '{}'), E'\\n') from jsonb_array_elements(c.onboarding_pointers) as p))
        from company_settings c) as pointers`,
    [enrolmentId],
  );
  const fields = {
    name: debtor.name,
    company: facts.company,
    support: facts.contact,
    batch: rows[0]?.batch ?? '',
    pointers: rows[0]?.pointers ?? '',
  };
  const message = { to: debtor.id, fields, link: 'home', dedupe: `onboarding_welcome:${debtor.id}` } as const;
  await notify(tx, parts, { template: 'onboarding_welcome', ...message });
  await queueOutside(tx, parts, { template: 'onboarding_welcome', ...message });
}
