import { randomUUID } from 'node:crypto';
import { createPerson } from '../../testing/people.ts';
import type { At, CommandCase } from './format.ts';

/** An enrolment of a student whom the caller looks after. */
async function enrolmentOf({ me, stage }: At): Promise<{ student: string; enrolment: string }> {
  const created_by = me.role === 'enrollment_manager' ? me.id : null;
  const student =
    me.role === 'student' ? me.id : (await createPerson(stage.database.server, 'student', { created_by })).id;
  if (me.role === 'enrollment_manager') {
    await stage.rows('update billing_settings set em_records_first_payment = true');
  }
  const course = await stage.insert('courses', { title: `Course ${randomUUID()}` });
  const enrolment = await stage.insert('course_enrollments', { student_id: student, course_id: course });
  return { student, enrolment };
}

/** An invoice of that student; `paid`: with its line in the ledger. */
async function invoiceOf(
  at: At,
  { paid = false, status = 'pending' } = {},
): Promise<{ student: string; invoice: string }> {
  const { student, enrolment } = await enrolmentOf(at);
  const invoice = await at.stage.insert('invoices', {
    student_id: student,
    enrollment_id: enrolment,
    installment_number: 1,
    invoice_number: `INV-1999-${randomUUID()}`,
    amount: 100_00,
    amount_paid: paid ? 100_00 : 0,
    currency: 'PKR',
    due_date: '2030-01-01T00:00:00Z',
    status: paid ? 'paid' : status,
  });
  if (paid)
    await at.stage.insert('installment_payments', {
      student_id: student,
      invoice_id: invoice,
      amount: 100_00,
      currency: 'PKR',
      receipt_number: `RCPT-1999-${randomUUID()}`,
      payment_method: 'cash',
    });
  return { student, invoice };
}

/** A picture of a slip that the student brought. */
const slipOf = (at: At, student: string): Promise<string> =>
  at.stage.insert('files', {
    bucket: 'student-documents',
    owner_id: student,
    path: `${student}/payment-proofs/${randomUUID()}/slip.jpg`,
    original_name: 'slip.jpg',
    mime: 'image/jpeg',
    bytes: 9,
    sha256: '0'.repeat(64),
    status: 'ready',
  });

const paid = { payment_date: '2026-01-02', payment_method: 'cash' };
const reason = 'As agreed with the student';

/** A draft of a new student, as an enrolment manager writes it. */
async function draftOf({ stage }: At) {
  const course_id = await stage.insert('courses', {
    title: `Course ${randomUUID()}`,
    price: 100_00,
    is_published: true,
  });
  const email = `${randomUUID()}@example.test`;
  return { full_name: 'Hira Baig', email, course_id, send_email: false, discount: { type: 'percentage', value: 50 } };
}

const requestOf = async (at: At, created_by: string): Promise<string> =>
  at.stage.insert('enrollment_requests', { created_by, payload: await draftOf(at) });

/** An open finding about somebody who has none yet. */
async function findingOf({ stage }: At): Promise<{ finding_id: string; student_id: string }> {
  const student_id = stage.person('student').id;
  await stage.rows("update billing_drift_findings set status = 'ignored' where student_id = $1 and status = 'open'", [
    student_id,
  ]);
  return { student_id, finding_id: await stage.insert('billing_drift_findings', { student_id }) };
}

/** Each command about money once, with an input that succeeds. */
export const billingCommands: readonly CommandCase[] = [
  {
    name: 'mark-invoice-paid',
    input: async (at) => ({ invoice_id: (await invoiceOf(at)).invoice, ...paid }),
  },
  {
    name: 'submit-payment-proof',
    input: async (at) => {
      const { student, invoice } = await invoiceOf(at);
      const proofs = [await slipOf(at, student)];
      return { invoice_id: invoice, payment_method: 'cash', paid_on: paid.payment_date, proofs };
    },
  },
  {
    name: 'decide-payment-proof',
    input: async (at) => {
      const { student, invoice } = await invoiceOf(at);
      const proof_id = await at.stage.insert('payment_proofs', {
        student_id: student,
        invoice_id: invoice,
        amount: 100_00,
        payment_method: 'cash',
        paid_on: paid.payment_date,
      });
      return { decision: 'accepted', proof_id };
    },
  },
  {
    name: 'process-refund',
    input: async (at) => {
      const { invoice } = await invoiceOf(at, { paid: true });
      return { invoice_ids: [invoice], refund_method: 'cash', suspend_lms: false, reason };
    },
  },
  {
    name: 'extend-due-date',
    input: async (at) => ({ invoice_id: (await invoiceOf(at)).invoice, new_due_date: '2031-01-01', reason }),
  },
  {
    name: 'resend-invoice',
    input: async (at) => ({ student_ids: [(await invoiceOf(at)).student] }),
  },
  {
    name: 'create-invoice',
    input: async (at) => ({
      enrollment_id: (await enrolmentOf(at)).enrolment,
      amount: 100_00,
      due_date: '2030-01-01',
      reason,
    }),
  },
  {
    name: 'cancel-invoice',
    input: async (at) => ({ invoice_id: (await invoiceOf(at)).invoice, reason }),
  },
  {
    name: 'request-enrollment-approval',
    input: async (at) => ({ draft: await draftOf(at) }),
  },
  {
    name: 'withdraw-enrollment-request',
    input: async (at) => ({ request_id: await requestOf(at, at.me.id) }),
  },
  {
    name: 'decide-enrollment-request',
    input: async (at) => ({
      decision: 'approved',
      request_id: await requestOf(at, at.stage.person('enrollment_manager').id),
    }),
  },
  {
    name: 'settle-billing-finding',
    input: async (at) => ({ finding_id: (await findingOf(at)).finding_id, status: 'ignored', notes: reason }),
  },
  {
    name: 'reconcile-billing-finding',
    input: async (at) => ({ finding_id: (await findingOf(at)).finding_id, action: 'resync_enrollment_total' }),
  },
  {
    name: 'undo-billing-reconciliation',
    input: async (at) => {
      const before_state = { enrolments: [], invoices: [] };
      const row = { ...(await findingOf(at)), action_type: 'resync_enrollment_total', before_state };
      return { action_id: await at.stage.insert('billing_reconciliation_actions', row) };
    },
  },
  {
    name: 'update-billing-settings',
    input: () => ({ invoice_notes: `Thank you ${randomUUID()}` }),
  },
];
