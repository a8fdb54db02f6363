import { z } from 'zod';
import { instant, maybeInstant, maybeText } from '../columns.ts';

/** Jobs whose runs an admin may see, and which an admin may start by hand; all others are a superadmin's (workflows 3.41). */
export const jobsOfAdmins = [
  'rewards.build-leaderboard',
  'care.daily-recovery-check',
  'mail.process-email-queue',
] as const;

export const runStates = ['running', 'ok', 'failed', 'skipped'] as const;

export const runJobRequestSchema = z.strictObject({
  /** Name of a scheduled job. */
  job: z.string().min(1).max(100),
  /** True: select and count, change nothing. Only jobs that say so can. */
  dry_run: z.boolean().default(false),
});

const counts = z.record(z.string(), z.number());

export const runJobResponseSchema = z.object({
  run_id: z.uuid(),
  /** `running`: it goes on after this answer; ask `job-status`. */
  state: z.enum(runStates),
  counts,
  error: maybeText,
});

export const jobStatusRequestSchema = z.strictObject({
  job: z.string().min(1).max(100).optional(),
  /** Latest runs per job. */
  limit: z.int().min(1).max(50).default(1),
});

export const jobStatusResponseSchema = z.object({
  jobs: z.array(
    z.object({
      job: z.string(),
      /** Cron pattern in UTC. */
      schedule: z.string(),
      can_run_dry: z.boolean(),
      runs: z.array(
        z.object({
          run_id: z.uuid(),
          scheduled_for: instant,
          state: z.enum(runStates),
          trigger: z.enum(['cron', 'manual', 'catchup']),
          dry_run: z.boolean(),
          started_at: instant,
          finished_at: maybeInstant,
          error: maybeText,
          counts,
        }),
      ),
    }),
  ),
});
