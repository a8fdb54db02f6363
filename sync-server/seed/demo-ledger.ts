import type { DemoTime } from './demo-time.ts';
import { calendarDay } from './demo-time.ts';
import type { NewRow } from './insert-rows.ts';
import { mainPeople } from './main-people.ts';
import { createRandom } from './random.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

type Invoice = {
  id: string;
  student_id: string;
  enrollment_id: string;
  amount: number;
  status: string;
  paid_at?: string;
  refunded_at?: string;
};
type Line = NewRow & { payment_date: string };

const { dua, omar } = mainPeople;

/** The money behind the invoices: payments and refunds with their numbers, proofs that wait, plans, and requests. */
export function addMoney(rows: RowCollector, time: DemoTime): void {
  const invoices = rows.rowsOf('invoices') as unknown as readonly Invoice[];
  const payments = invoices.flatMap(paymentOf);
  const refunds = invoices.flatMap(refundOf);
  numberLines(rows, payments, 'receipt', 'RCPT');
  numberLines(rows, refunds, 'refund', 'RFND');
  for (const line of [...payments, ...refunds]) rows.add('installment_payments', line);
  addProofs(rows, time, invoices);
  addPlans(rows);
  addRequests(rows, time);
  nameCauses(rows, invoices);
}

function paymentOf({ id, student_id, amount, paid_at }: Invoice): Line[] {
  if (!paid_at) return [];
  const random = createRandom(Number.parseInt(id.slice(-7), 16));
  const payment_method = random.pick(['bank_transfer', 'bank_transfer', 'cash', 'online']);
  return [
    {
      id: seedId('payment', id),
      student_id,
      invoice_id: id,
      amount,
      currency: 'PKR',
      payment_date: paid_at,
      payment_method,
      transaction_id: payment_method === 'bank_transfer' ? `HBL-${id.slice(-12).toUpperCase()}` : null,
      status: 'paid',
      recorded_by: dua.id,
      reverses_id: null,
      created_at: paid_at,
    },
  ];
}

function refundOf({ id, student_id, amount, refunded_at }: Invoice): Line[] {
  if (!refunded_at) return [];
  return [
    {
      id: seedId('refund', id),
      student_id,
      invoice_id: id,
      amount,
      currency: 'PKR',
      payment_date: refunded_at,
      payment_method: 'bank_transfer',
      transaction_id: null,
      status: 'refunded',
      recorded_by: dua.id,
      reverses_id: seedId('payment', id),
      created_at: refunded_at,
    },
  ];
}

/** Numbers in the order in which the money moved, per year. */
function numberLines(rows: RowCollector, lines: Line[], scope: string, prefix: string): void {
  const last = new Map<string, number>();
  const byDate = lines.toSorted(
    (a, b) => a.payment_date.localeCompare(b.payment_date) || (String(a['id']) < String(b['id']) ? -1 : 1),
  );
  for (const line of byDate) {
    const year = line.payment_date.slice(0, 4);
    const number = (last.get(year) ?? 0) + 1;
    last.set(year, number);
    (line as Record<string, unknown>)['receipt_number'] = `${prefix}-${year}-${String(number).padStart(6, '0')}`;
  }
  for (const [year, last_value] of last) rows.add('number_counters', { scope: `${scope}:${year}`, last_value });
}

/** Two claims that wait for the team, and one that was sent back. */
function addProofs(rows: RowCollector, time: DemoTime, invoices: readonly Invoice[]): void {
  const owed = invoices.filter(({ status }) => status === 'pending' || status === 'due');
  for (const [at, invoice] of owed.slice(0, 3).entries()) {
    const sentBack = at === 2;
    rows.add('payment_proofs', {
      id: seedId('proof', invoice.id),
      student_id: invoice.student_id,
      invoice_id: invoice.id,
      amount: invoice.amount,
      payment_method: 'bank_transfer',
      paid_on: calendarDay(time.daysAgo(at + 1)),
      reference: `FT${26_000_000 + at * 811}`,
      status: sentBack ? 'rejected' : 'submitted',
      decided_by: sentBack ? dua.id : null,
      decided_at: sentBack ? time.daysAgo(2) : null,
      reason: sentBack ? 'The transfer is not on our statement yet. Please send the slip of your bank.' : null,
      created_at: time.daysAgo(at + 0.5),
    });
  }
}

function addPlans(rows: RowCollector): void {
  for (const count of [1, 2, 3, 4])
    rows.add('installment_plans', {
      id: seedId('plan', String(count)),
      name: count === 1 ? 'Single Payment' : `${count} Installments`,
      total_amount: 300_000,
      num_installments: count,
      interval_days: count === 1 ? 0 : 30,
    });
}

function addRequests(rows: RowCollector, time: DemoTime): void {
  const requests = [
    { full_name: 'Hira Baig', email: 'hira.baig@example.com', percent: 25, reason: 'Her brother finished last year.' },
    { full_name: 'Usman Tariq', email: 'usman.tariq@example.com', percent: 40, reason: 'Two friends enrol with him.' },
  ];
  for (const [at, { full_name, email, percent, reason }] of requests.entries()) {
    const decided = at === 1;
    rows.add('enrollment_requests', {
      id: seedId('request', email),
      created_by: omar.id,
      payload: { full_name, email, discount: { type: 'percentage', value: percent, reason } },
      status: decided ? 'returned' : 'waiting',
      decided_by: decided ? dua.id : null,
      decided_at: decided ? time.daysAgo(3) : null,
      note: decided ? '20 % is what we can do. Please ask him.' : null,
      created_at: time.daysAgo(decided ? 4 : 0.6),
    });
  }
}

/** A restriction says which invoice or enrolment it is about, so that a payment lifts exactly that one. */
function nameCauses(rows: RowCollector, invoices: readonly Invoice[]): void {
  const due = new Map(invoices.filter(({ status }) => status === 'due').map((one) => [one.student_id, one.id]));
  const enrolments = new Map(rows.rowsOf('course_enrollments').map((row) => [row['student_id'], row['id']]));
  for (const row of rows.rowsOf('suspensions') as Record<string, unknown>[]) {
    const student = row['user_id'] as string;
    if (row['cause'] === 'overdue' || row['cause'] === 'unpaid') row['ref_id'] = due.get(student);
    if (row['cause'] === 'expired' || row['cause'] === 'refund') row['ref_id'] = enrolments.get(student);
  }
}
