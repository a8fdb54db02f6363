import type { Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import { markInvoicePaid } from './mark-paid.ts';

export { cancelOpenInvoices, reopenInvoices } from './enrolment-changes.ts';
export { answerOf } from './invoices.ts';
export { createSchedule, type BilledEnrolment } from './schedule.ts';
export { settleFees } from './settle-fees.ts';

/** What students owe and pay. */
export const billing: Feature = {
  name: 'billing',
  routes: (app, deps) => {
    addCommand(app, deps, markInvoicePaid);
  },
};
