import { z } from 'zod';
import { addCalendarDays, calendarDay } from '#contract/rules/dates.ts';
import { dueDay } from '#contract/rules/reminders.ts';
import type { Pool, Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { eachRow } from '../../jobs/each-row.ts';
import { openSuspension, settleAccess } from '../access/index.ts';
import { writeAudit } from '../people/index.ts';
import { readBillingFacts } from './facts.ts';
import { lockMoney, type InvoiceRow } from './invoices.ts';

/** So long after the first fee was due, and after the account was made, an account that paid nothing is closed. */
const patienceDays = 14;

/**
 * 23:00: accounts that never paid anything (workflows 4.2). Nothing is deleted and enrolments stay; the cause `unpaid` is lifted by
 * the first payment.
 */
export const closeUnpaid = defineJob({
  name: 'billing.close-unpaid',
  payload: z.unknown(),
  schedule: '0 23 * * *',
  canRunDry: true,
  run: async (_, deps, how) => {
    const unpaid = await findUnpaid(deps.server, deps, null);
    return eachRow(deps, unpaid, (tx, invoice) => close(tx, deps, invoice), how);
  },
});

/** First invoices, long due, of students who never paid; `student` = only theirs. */
async function findUnpaid(tx: Tx | Pool, { clock }: Deps, student: string | null): Promise<InvoiceRow[]> {
  const now = clock.now().toISOString();
  const { timezone } = await readBillingFacts(tx);
  const { rows } = await (tx as Tx).query<InvoiceRow>(
    `select distinct on (i.student_id) i.* from invoices i join users u on u.id = i.student_id
     where i.installment_number = 1 and i.status in ('pending', 'due') and not i.is_deleted
       and u.role = 'student' and u.status = 'active' and u.lms_status = 'inactive' and not u.is_deleted
       and u.created_at <= $1::timestamptz - make_interval(days => $2)
       and ($3::uuid is null or i.student_id = $3)
       and not exists (select from installment_payments p where p.student_id = u.id and p.status = 'paid')
       and not exists (select from suspensions s where s.user_id = u.id and s.cause = 'unpaid' and s.lifted_at is null)
     order by i.student_id, coalesce(i.extended_due_date, i.due_date) desc`,
    [now, patienceDays, student],
  );
  const today = calendarDay(now, timezone);
  return rows.filter((invoice) => addCalendarDays(dueDay(invoice, timezone), patienceDays) < today);
}

async function close(tx: Tx, deps: Deps, { student_id }: InvoiceRow): Promise<boolean> {
  await lockMoney(tx, student_id);
  const [invoice] = await findUnpaid(tx, deps, student_id);
  if (!invoice) return false;
  await openSuspension(tx, deps, { student: student_id, cause: 'unpaid', reference: invoice.id }, null);
  await writeAudit(tx, deps, {
    actor: null,
    entity: 'student',
    id: student_id,
    action: 'auto_suspended',
    about: student_id,
    summary: 'The first fee was never paid.',
    data: { invoice_id: invoice.id, due_date: invoice.extended_due_date ?? invoice.due_date },
  });
  await settleAccess(tx, deps, student_id, { actor: null });
  return true;
}
