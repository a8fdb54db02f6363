import type { Template } from './template.ts';

/** What is written to people about money (workflows §8). Amounts and days come as text. */
export const billingTemplates = {
  invoice_issued: {
    title: 'Invoice {invoice_number}: {payable}',
    body: 'Please pay by {due_date}.',
    email: {
      subject: 'Invoice {invoice_number} of {company}',
      body: 'Hello {name},\n\ninvoice {invoice_number} (installment {installment}) over {payable} is due on {due_date}.\n\n{how_to_pay}\n\n{invoice_notes}',
    },
  },
  invoice_issued_staff: {
    title: 'Invoice {invoice_number} for {student_name}',
    body: 'Installment {installment}, {payable}, due on {due_date}.',
  },
  invoice_due: {
    title: 'Invoice {invoice_number} is due on {due_date}',
    body: '{payable} is open. {final}',
    email: {
      subject: 'Invoice {invoice_number} is due on {due_date}',
      body: 'Hello {name},\n\n{payable} of invoice {invoice_number} is open and due on {due_date}. {final}\n\n{how_to_pay}',
    },
  },
  invoice_overdue: {
    title: 'Installment {installment} is overdue',
    body: '{payable} is open, {penalty} of it for being late. {note}',
    email: {
      subject: 'Installment {installment} is overdue',
      body: 'Hello {name},\n\ninstallment {installment} over {amount} was due on {due_date}. With {penalty} for being late, {payable} is open now.\n\n{note}\n\n{how_to_pay}',
    },
    whatsapp: 'invoice_overdue',
  },
  financial: {
    title: '{student_name} is overdue',
    body: '{student_number}, installment {installment}: {payable}.',
  },
  invoice_paid: {
    title: 'Payment received: {received}',
    body: 'Receipt {receipt_number} for installment {installment}.',
  },
  payment_receipt: {
    title: 'Receipt {receipt_number}',
    body: 'Installment {installment}, {received}.',
    email: {
      subject: 'Receipt {receipt_number} of {company}',
      body: 'Hello {name},\n\nwe received {received} on {date} ({method}) for installment {installment}. The receipt is {receipt_number}.\n\n{notes}',
    },
  },
  onboarding_welcome: {
    title: 'Welcome to {company}',
    body: 'Your first payment has arrived, and your first lesson is open.',
    email: {
      subject: 'Welcome to {company}',
      body: 'Hello {name},\n\nyour first payment has arrived and your first lesson is open.\n\n{batch}\n\n{pointers}\n\nIf you need help, write to {support}.',
    },
  },
  fee_extension: {
    title: 'More time until {new_date}',
    body: 'The invoice that was due on {old_date} is due on {new_date}. {restored}',
    email: {
      subject: 'More time until {new_date}',
      body: 'Hello {name},\n\nthe invoice that was due on {old_date} is now due on {new_date}.\n\n{restored}',
    },
  },
  payment_proof_received: {
    title: '{student_name} says: paid',
    body: '{amount}. The proof waits for you.',
  },
  payment_proof_rejected: {
    title: 'We could not accept your proof of payment',
    body: '{reason}',
    email: {
      subject: 'We could not accept your proof of payment',
      body: 'Hello {name},\n\nwe could not accept your proof of payment: {reason}\n\nYou can send another one under Billing.',
    },
  },
  refund_confirmation: {
    title: 'We sent {total} back to you',
    body: '{reason} {suspended}',
    email: {
      subject: 'We sent {total} back to you',
      body: 'Hello {name},\n\nwe sent {total} back to you on {date} ({method}), for installment {installments}.\n\n{reason}\n\n{suspended}',
    },
  },
  access_expiring: {
    title: 'Your access to {course} ends on {date}',
    body: 'Write to {contact} if you want to go on.',
    email: {
      subject: 'Your access to {course} ends on {date}',
      body: 'Hello {name},\n\nyour access to {course} ends on {date}. Write to {contact} if you want to go on.',
    },
  },
  access_expired: {
    title: 'Your access to {course} has ended',
    body: 'It ended on {date}. Write to {contact} if you want to go on.',
    email: {
      subject: 'Your access to {course} has ended',
      body: 'Hello {name},\n\nyour access to {course} ended on {date}. Write to {contact} if you want to go on.',
    },
  },
  enrollment_request: {
    title: '{asked_by} asks for a discount',
    body: '{discount} for {student_name}.',
  },
  enrollment_request_decided: {
    title: 'The discount for {student_name} is {decision}',
    body: '{note}',
  },
} as const satisfies Record<string, Template>;

/** The texts that are not stored under their own name. */
export const billingTemplateKeys = {
  invoice_issued: 'invoice_issued',
  invoice_issued_staff: 'invoice_issued',
  invoice_due: 'invoice_due',
  invoice_overdue: 'invoice_overdue',
  financial: 'financial',
  invoice_paid: 'invoice_paid',
  payment_receipt: 'payment_receipt',
  onboarding_welcome: 'onboarding_welcome',
  fee_extension: 'fee_extension',
  payment_proof_received: 'payment_proof_received',
  payment_proof_rejected: 'payment_proof_rejected',
  refund_confirmation: 'refund_confirmation',
  access_expiring: 'access_expiring',
  access_expired: 'access_expired',
  enrollment_request: 'enrollment_request',
  enrollment_request_decided: 'enrollment_request_decided',
} as const satisfies Record<keyof typeof billingTemplates, string>;
