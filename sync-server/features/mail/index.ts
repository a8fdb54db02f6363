import type { Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import { listMail, mailStatus, resendMail } from './commands.ts';
import { processEmailQueue, sendQueuedMail, sweepMail } from './mail.job.ts';
import { resendWebhook } from './resend-webhook.ts';

export { deliverNow } from './deliver-now.ts';
export { queueMail, type QueuedMail } from './queue.ts';

/** Outgoing mail: writes it, sends it, tries again, and tells staff what does not arrive. */
export const mail: Feature = {
  name: 'mail',
  jobs: [sendQueuedMail, sweepMail, processEmailQueue],
  routes: (app, deps) => {
    addCommand(app, deps, mailStatus);
    addCommand(app, deps, listMail);
    addCommand(app, deps, resendMail);
    resendWebhook(app, deps);
  },
};
