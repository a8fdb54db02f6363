import { z } from 'zod';
import { defineJob } from '../../jobs/define-job.ts';

/** A question is answered within two minutes or not at all; after five its server must have died. */
const minutes = 5;

/** Fails questions that a crash left open and gives their credits back (workflows 3.20). */
export const sweepQuestions = defineJob({
  name: 'partner.sweep-questions',
  payload: z.unknown(),
  schedule: '*/5 * * * *',
  run: async (_, { server, serverKey, clock }) => {
    const { rows } = await server.query<{ swept: number }>(
      'select server_sweep_partner_questions($1, $2, $3) as swept',
      [serverKey, clock.now(), minutes],
    );
    const { swept } = rows[0]!;
    return { selected: swept, done: swept, skipped: 0, failed: 0 };
  },
});
