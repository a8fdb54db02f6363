import { z } from 'zod';
import type { Feature } from '../deps.ts';
import { defineJob } from '../jobs/define-job.ts';

/** How long tombstones, ended memberships and verdicts are kept; a device that was away for longer starts over. */
const keptDays = 90;

/** Forgets what every device has heard of or is too late for. */
export const purgeTombstones = defineJob({
  name: 'sync.purge-tombstones',
  payload: z.unknown(),
  schedule: '15 23 * * *',
  run: async (_, { server, clock, log }) => {
    const { rows } = await server.query<{ purged: number }>('select sync_purge($1, $2) as purged', [
      clock.now(),
      keptDays,
    ]);
    log.info({ purged: rows[0]!.purged }, 'purged tombstones');
  },
});

/** Replication's own jobs; its routes are wired by `app.ts`, for they need every feature's guards. */
export const replication: Feature = { name: 'replication', jobs: [purgeTombstones] };
