import { resendInvoiceSchema, resentSchema } from '#contract/api/billing.ts';
import { isStaff } from '#contract/roles.ts';
import { asServer } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { queueOutside } from '../notifications/index.ts';
import { auditInvoice } from './enrolment-changes.ts';
import { findEarliestUnpaid } from './extend.ts';
import { readBillingFacts } from './facts.ts';
import { readDebtor, wordsOf } from './messages.ts';
import { isOwnStudent } from './reach.ts';

const hour = 3_600_000;

/** Sends each student's earliest unpaid invoice once more (workflows 3.13), at most once an hour. */
export const resendInvoice = defineCommand({
  name: 'resend-invoice',
  summary: 'Send the earliest unpaid invoice of students again',
  input: resendInvoiceSchema,
  output: resentSchema,
  roles: ['enrollment_manager', 'admin', 'superadmin'],
  writes: true,
  privileged: true,
  run: async ({ deps, actor, now, requestId }, { student_ids }) => {
    const answer = { sent: [] as string[], failed: [] as string[], none_unpaid: [] as string[] };
    for (const student of new Set(student_ids))
      await asServer(deps.server, async (tx) => {
        const known = await tx.query('select from students where id = $1 and not is_deleted', [student]);
        const isInReach = isStaff(actor.role) || (await isOwnStudent(tx, actor, student));
        if (!known.rowCount || !isInReach) return answer.failed.push(student);
        const invoice = await findEarliestUnpaid(tx, student);
        if (!invoice) return answer.none_unpaid.push(student);
        const facts = await readBillingFacts(tx);
        const dedupe = `invoice_resent:${invoice.id}:${Math.floor(now.getTime() / hour)}`;
        const before = await countMails(dedupe);
        const fields = wordsOf(invoice, await readDebtor(tx, student), facts);
        const fileIds = invoice.pdf_file_id ? [invoice.pdf_file_id] : [];
        const message = {
          template: 'invoice_issued',
          to: student,
          fields,
          link: `invoice/${invoice.id}`,
          dedupe,
        } as const;
        await queueOutside(tx, deps, message, { copies: facts.billing_email_cc, fileIds });
        if ((await countMails(dedupe)) === before) return answer.failed.push(student);
        await auditInvoice(tx, deps, invoice, 'invoice_resent', invoice.status, { actor: actor.id, requestId });
        return answer.sent.push(student);

        /** Muted, undeliverable or sent within the hour: then no mail was added. */
        async function countMails(key: string): Promise<number> {
          const { rows } = await tx.query<{ mails: number }>(
            'select count(*) as mails from email_queue where dedupe_key = $1',
            [`${key}:email`],
          );
          return rows[0]!.mails;
        }
      });
    return answer;
  },
});
