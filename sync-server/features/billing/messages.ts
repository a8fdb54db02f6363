import { calendarDay } from '#contract/rules/dates.ts';
import { formatMoney } from '#contract/rules/money.ts';
import { remainingOf } from '#contract/rules/owing.ts';
import type { Tx } from '../../db/sql.ts';
import { notify, type Message } from '../notifications/index.ts';
import type { BillingFacts, Parts } from './facts.ts';
import type { InvoiceRow } from './invoices.ts';

/** Who a message about money is for or about. */
export type Debtor = { id: string; name: string; number: string };

export async function readDebtor(tx: Tx, studentId: string): Promise<Debtor> {
  const { rows } = await tx.query<Debtor>(
    `select u.id, u.full_name as name, s.student_number as number from users u join students s on s.id = u.id
     where u.id = $1`,
    [studentId],
  );
  return rows[0]!;
}

/** What every message about an invoice can say. */
export function wordsOf(invoice: InvoiceRow, debtor: Debtor, facts: BillingFacts) {
  return {
    name: debtor.name,
    student_name: debtor.name,
    student_number: debtor.number,
    company: facts.company,
    invoice_number: invoice.invoice_number ?? '',
    installment: invoice.installment_number,
    amount: formatMoney(invoice.amount, invoice.currency),
    penalty: formatMoney(invoice.penalty_amount, invoice.currency),
    payable: formatMoney(remainingOf(invoice), invoice.currency),
    due_date: calendarDay(invoice.extended_due_date ?? invoice.due_date, facts.timezone),
    note: facts.suspension_notice_note ?? '',
    invoice_notes: facts.invoice_notes ?? '',
    how_to_pay: howToPay(facts),
  };
}

const howToPay = ({ enabled_payment_methods: methods }: BillingFacts): string =>
  methods
    .map(({ name, details }) =>
      [name, ...Object.entries(details).map(([label, value]) => `  ${label}: ${value}`)].join('\n'),
    )
    .join('\n');

/** The same line into the inbox of every admin and superadmin. */
export async function notifyStaff(
  tx: Tx,
  parts: Parts,
  message: Omit<Message, 'to'>,
  except: string | null,
): Promise<void> {
  const { rows } = await tx.query<{ id: string }>('select server_staff($1) as id', [parts.serverKey]);
  for (const { id } of rows)
    if (id !== except) await notify(tx, parts, { ...message, to: id, dedupe: `${message.dedupe}:${id}` });
}
