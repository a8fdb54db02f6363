import { isStaff, type Actor } from '../roles.ts';
import type { InvoiceStatus } from '../tables/billing.ts';

/** What decides whether somebody may record a payment of an invoice. */
export type PaymentRight = {
  installment_number: number;
  /** Whether the enrolment manager who asks looks after the student. */
  isOwnStudent: boolean;
  em_records_first_payment: boolean;
};

/** Staff always; an enrolment manager the first installment of an own student, where the company allows it (data model R9). */
export const mayRecordPayment = (actor: Actor, right: PaymentRight): boolean =>
  isStaff(actor.role) ||
  (actor.role === 'enrollment_manager' &&
    right.isOwnStudent &&
    right.em_records_first_payment &&
    right.installment_number === 1);

/** Whether money can be recorded at all: early payment too, nothing that has ended. */
export const isPayable = (status: InvoiceStatus): boolean =>
  status === 'scheduled' || status === 'pending' || status === 'due';
