import { z } from 'zod';
import { defineJob } from '../../jobs/define-job.ts';
import { dispatchWhatsapp } from './dispatch.ts';

/** Sends what waits in `whatsapp_queue` (workflows 4.3, dispatch-outbox). */
export const sweepWhatsapp = defineJob({
  name: 'whatsapp.dispatch-outbox',
  payload: z.unknown(),
  schedule: '* * * * *',
  run: (_, deps) => dispatchWhatsapp(deps),
});
