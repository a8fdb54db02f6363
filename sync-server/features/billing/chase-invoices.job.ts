import { z } from 'zod';
import { nextStep, type InvoiceStep } from '#contract/rules/reminders.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { eachRow } from '../../jobs/each-row.ts';
import { notify, queueOutside } from '../notifications/index.ts';
import { auditInvoice } from './enrolment-changes.ts';
import { readBillingFacts, type BillingFacts } from './facts.ts';
import { lockMoney, readInvoice, type InvoiceRow } from './invoices.ts';
import { readDebtor, wordsOf } from './messages.ts';
import { becomeOverdue } from './overdue.ts';
import { issueInvoice } from './schedule.ts';

const system = { actor: null };

/**
 * Noon: issues invoices whose day has come, reminds, and lets those whose due day has ended become overdue (workflows 3.14).
 * Everything depends on the state of the invoice, so a second run of a day does nothing.
 */
export const chaseInvoices = defineJob({
  name: 'billing.chase-invoices',
  payload: z.unknown(),
  schedule: '0 12 * * *',
  canRunDry: true,
  run: async (_, deps, how) => {
    const now = deps.clock.now().toISOString();
    const facts = await readBillingFacts(deps.server);
    const chased = (await findChased(deps)).filter((one) => nextStep(one, now, facts.timezone).kind !== 'nothing');
    const counts = await eachRow(deps, chased, (tx, invoice) => chase(tx, deps, invoice), how);
    deps.log.info(counts, 'chased invoices');
    return counts;
  },
});

/** Open invoices of enrolments that go on, oldest first. */
async function findChased({ server }: Deps): Promise<InvoiceRow[]> {
  const { rows } = await server.query<InvoiceRow>(
    `select i.* from invoices i left join course_enrollments e on e.id = i.enrollment_id
     where i.status in ('scheduled', 'pending') and not i.is_deleted and coalesce(e.status, 'active') <> 'cancelled'
     order by i.due_date, i.id`,
  );
  return rows;
}

async function chase(tx: Tx, deps: Deps, { id, student_id }: InvoiceRow): Promise<boolean> {
  await lockMoney(tx, student_id);
  const facts = await readBillingFacts(tx);
  const invoice = await readInvoice(tx, id);
  const step = nextStep(invoice, deps.clock.now().toISOString(), facts.timezone);
  await take(tx, deps, invoice, step, facts);
  return step.kind !== 'nothing';
}

async function take(tx: Tx, deps: Deps, invoice: InvoiceRow, step: InvoiceStep, facts: BillingFacts): Promise<void> {
  switch (step.kind) {
    case 'issue':
      await issueInvoice(tx, deps, invoice, facts, { by: system, priority: 'bulk', skipTo: step.skipTo });
      return auditInvoice(tx, deps, invoice, 'invoice_issued', 'pending', system);
    case 'remind':
      return remind(tx, deps, invoice, step.step, facts);
    case 'overdue':
      return becomeOverdue(tx, deps, invoice, facts);
    case 'nothing':
      return;
  }
}

/** One of the two reminders; a first one that came too late is left out for good. */
async function remind(tx: Tx, deps: Deps, invoice: InvoiceRow, step: 1 | 2, facts: BillingFacts): Promise<void> {
  await tx.query(
    `update invoices set ${step === 1 ? 'first' : 'second'}_reminder_sent_at = $2, reminder_step = $3 where id = $1`,
    [invoice.id, deps.clock.now(), step],
  );
  const fields = {
    ...wordsOf(invoice, await readDebtor(tx, invoice.student_id), facts),
    final: step === 2 ? 'This is the last reminder.' : '',
  };
  const due = invoice.extended_due_date ?? invoice.due_date;
  const dedupe = `invoice_due:${invoice.id}:${step}:${due}`;
  const message = {
    template: 'invoice_due',
    to: invoice.student_id,
    fields,
    link: `invoice/${invoice.id}`,
    dedupe,
  } as const;
  await notify(tx, deps, message);
  await queueOutside(tx, deps, message, {
    priority: 'bulk',
    copies: facts.billing_email_cc,
    fileIds: invoice.pdf_file_id ? [invoice.pdf_file_id] : [],
  });
}
