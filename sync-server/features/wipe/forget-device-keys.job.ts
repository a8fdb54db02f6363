import { z } from 'zod';
import { heldWorkDays } from '#contract/api/wipe.ts';
import { defineJob } from '../../jobs/define-job.ts';

/** A device may come by a month later and only then seal its work; a year is how long one that knows an old key is waited for. */
const afterlifeDays = { held_work: heldWorkDays + 30, wipe: 365 } as const;

/** Forgets retired keys that no device and no held work can need any more. */
export const forgetDeviceKeys = defineJob({
  name: 'wipe.forget-device-keys',
  payload: z.unknown(),
  schedule: '40 23 * * *',
  run: async (_, { server, clock }) => {
    for (const [purpose, days] of Object.entries(afterlifeDays))
      await server.query(
        'delete from device_keys where purpose = $1 and retired_at < $2::timestamptz - make_interval(days => $3)',
        [purpose, clock.now(), days],
      );
  },
});
