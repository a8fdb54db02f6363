import { planInvoices } from '#contract/rules/invoice-schedule.ts';
import type { Tx } from '../../db/sql.ts';
import { notify, queueOutside } from '../notifications/index.ts';
import { writeAudit } from '../people/index.ts';
import { issueNumber, readBillingFacts, type BillingFacts, type By, type Parts } from './facts.ts';
import { readInvoice, type InvoiceRow } from './invoices.ts';
import { notifyStaff, readDebtor, wordsOf } from './messages.ts';

/** An enrolment that begins to be owed; amounts are minor units. */
export type BilledEnrolment = {
  id: string;
  studentId: string;
  /** The whole fee, after the discount. */
  total: number;
  currency: string;
  installments: number;
  /** First day of the batch, null without one. */
  batchStart: string | null;
  planId?: string | null;
  /** Days between two installments; left out: the company's. */
  gapDays?: number;
};

/**
 * Makes the invoices of a new enrolment (data model R7, workflows 3.4 step 6): the first is issued at once with its number and
 * its mail, the others wait for their day. A fee of 0 has none. Runs in the transaction that makes the enrolment.
 */
export async function createSchedule(tx: Tx, parts: Parts, enrolment: BilledEnrolment, by: By): Promise<InvoiceRow[]> {
  const facts = await readBillingFacts(tx);
  const planned = planInvoices({
    total: enrolment.total,
    installments: enrolment.installments,
    now: parts.clock.now().toISOString(),
    batchStart: enrolment.batchStart,
    gapDays: enrolment.gapDays ?? facts.invoice_send_gap_days,
    dueDays: facts.invoice_overdue_days,
    timeZone: facts.timezone,
  });
  const made: InvoiceRow[] = [];
  for (const invoice of planned) made.push(await insertInvoice(tx, enrolment, invoice));
  const [first] = made;
  if (!first) return [];
  await writeAudit(tx, parts, {
    actor: by.actor,
    entity: 'enrollment',
    id: enrolment.id,
    action: 'invoice_created',
    about: enrolment.studentId,
    summary: `${made.length} invoices`,
    data: {
      invoices: made.map(({ id, amount, due_date }) => ({ id, amount, due_date })),
      currency: enrolment.currency,
    },
  });
  return [await issueInvoice(tx, parts, first, facts, { by, priority: 'immediate' }), ...made.slice(1)];
}

export type NewInvoice = {
  installment_number: number;
  amount: number;
  issue_date: string;
  due_date: string;
};

/** Puts one invoice down, not issued yet, with the names of what it is for as they are today. */
export async function insertInvoice(
  tx: Tx,
  enrolment: Pick<BilledEnrolment, 'id' | 'currency' | 'planId'>,
  invoice: NewInvoice & { notes?: string },
): Promise<InvoiceRow> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into invoices (student_id, enrollment_id, course_id, pathway_id, installment_plan_id, installment_number, amount,
       currency, issue_date, due_date, status, notes, enrollment_details)
     select e.student_id, e.id, e.course_id, e.pathway_id, $2, $3, $4, $5, $6, $7, 'scheduled', $8, jsonb_build_object(
       'courses', (select coalesce(jsonb_agg(c.title), '[]') from courses c where c.id = e.course_id),
       'pathways', (select coalesce(jsonb_agg(p.name), '[]') from learning_pathways p where p.id = e.pathway_id))
     from course_enrollments e where e.id = $1 returning id`,
    [
      enrolment.id,
      enrolment.planId ?? null,
      invoice.installment_number,
      invoice.amount,
      enrolment.currency,
      invoice.issue_date,
      invoice.due_date,
      invoice.notes ?? null,
    ],
  );
  return readInvoice(tx, rows[0]!.id);
}

/**
 * Issues a scheduled invoice: it gets its number, and the student and staff hear of it. `skipTo`: reminders that came too late
 * to be sent at all.
 */
export async function issueInvoice(
  tx: Tx,
  parts: Parts,
  { id, invoice_number }: Pick<InvoiceRow, 'id' | 'invoice_number'>,
  facts: BillingFacts,
  { by, priority, skipTo = 0 }: { by: By; priority: 'immediate' | 'bulk'; skipTo?: number },
): Promise<InvoiceRow> {
  await tx.query(`update invoices set status = 'pending', reminder_step = $2, invoice_number = $3 where id = $1`, [
    id,
    skipTo,
    invoice_number ?? (await issueNumber(tx, 'INV', parts.clock.now())),
  ]);
  const invoice = await readInvoice(tx, id);
  const fields = wordsOf(invoice, await readDebtor(tx, invoice.student_id), facts);
  const message = { to: invoice.student_id, fields, link: `invoice/${id}`, dedupe: `invoice_issued:${id}` };
  await notify(tx, parts, { template: 'invoice_issued', ...message });
  await queueOutside(
    tx,
    parts,
    { template: 'invoice_issued', ...message },
    { priority, copies: facts.billing_email_cc },
  );
  await notifyStaff(
    tx,
    parts,
    { template: 'invoice_issued_staff', fields, link: `invoice/${id}`, dedupe: `invoice_issued_staff:${id}` },
    by.actor,
  );
  return invoice;
}
