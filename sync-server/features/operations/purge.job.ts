import { z } from 'zod';
import { defineJob } from '../../jobs/define-job.ts';

/** Days that records are kept (workflows 4.3). */
const kept = {
  job_runs: 90,
  video_access_events: 30,
  notifications: 180,
  sync_rejections: 90,
  user_activity_logs: 730,
} as const;

/** Forgets records that have served; what devices hold of them goes with it. */
export const purgeRecords = defineJob({
  name: 'operations.purge-records',
  payload: z.unknown(),
  schedule: '30 3 * * *',
  canRunDry: true,
  run: async (_, { server, serverKey, clock }, how) => {
    const { rows } = await server.query<{ purged: number }>(
      'select server_purge_records($1, $2, $3::jsonb, $4) as purged',
      [serverKey, clock.now(), JSON.stringify(kept), how?.dryRun ?? false],
    );
    const selected = Number(rows[0]!.purged);
    return { selected, done: how?.dryRun ? 0 : selected, skipped: 0, failed: 0 };
  },
});
