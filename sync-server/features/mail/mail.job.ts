import { z } from 'zod';
import { defineJob } from '../../jobs/define-job.ts';
import { dispatchMail } from './dispatch.ts';

/** Sends at once what a transaction has queued; a trigger on the queue asks for it (`db/declared/email_queue.sql`). */
export const sendQueuedMail = defineJob({
  name: 'mail.send-queued',
  payload: z.unknown(),
  run: async (_, deps) => void (await dispatchMail(deps, { bulk: false })),
});

/** Sends what waited for its next try, and what the job above left behind (workflows 4.3, dispatch-outbox). */
export const sweepMail = defineJob({
  name: 'mail.dispatch-outbox',
  payload: z.unknown(),
  schedule: '* * * * *',
  run: (_, deps) => dispatchMail(deps, { bulk: false }),
});

/** The run of the afternoon: reminders and digests too (workflows 4.2). */
export const processEmailQueue = defineJob({
  name: 'mail.process-email-queue',
  payload: z.unknown(),
  schedule: '0 14 * * *',
  run: (_, deps) => dispatchMail(deps, { bulk: true }),
});
