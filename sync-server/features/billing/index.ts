import type { Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import { watchAccessEnds } from './access-ends.job.ts';
import { chaseInvoices } from './chase-invoices.job.ts';
import { closeUnpaid } from './close-unpaid.job.ts';
import { detectBillingDrift } from './detect-drift.ts';
import { extendDueDate } from './extend.ts';
import { markInvoicePaid } from './mark-paid.ts';
import { decidePaymentProof, submitPaymentProof } from './payment-proofs.ts';
import { reconcileFinding, settleFinding, undoReconciliation } from './reconcile.ts';
import { processRefund } from './refund.ts';
import { resendInvoice } from './resend.ts';
import { updateBillingSettings } from './settings.ts';
import { cancelInvoice, createInvoice } from './single-invoices.ts';

export { cancelOpenInvoices, reopenInvoices } from './enrolment-changes.ts';
export { answerOf } from './invoices.ts';
export { createSchedule, type BilledEnrolment } from './schedule.ts';
export { settleFees } from './settle-fees.ts';

/** What students owe and pay. */
export const billing: Feature = {
  name: 'billing',
  jobs: [chaseInvoices, closeUnpaid, watchAccessEnds, detectBillingDrift],
  routes: (app, deps) => {
    addCommand(app, deps, markInvoicePaid);
    addCommand(app, deps, submitPaymentProof);
    addCommand(app, deps, decidePaymentProof);
    addCommand(app, deps, processRefund);
    addCommand(app, deps, extendDueDate);
    addCommand(app, deps, resendInvoice);
    addCommand(app, deps, createInvoice);
    addCommand(app, deps, cancelInvoice);
    addCommand(app, deps, updateBillingSettings);
    addCommand(app, deps, reconcileFinding);
    addCommand(app, deps, undoReconciliation);
    addCommand(app, deps, settleFinding);
  },
};
