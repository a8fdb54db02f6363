import type { z } from 'zod';
import type { Deps } from '../deps.ts';

/** What a run did with the rows it selected; a run with failures is tried again. */
export type JobCounts = { selected: number; done: number; skipped: number; failed: number };

/** How a run was asked for. */
export type JobRun = {
  /** True: select and count, change nothing. */
  dryRun: boolean;
};

/** Work that runs outside a request: once when enqueued, or by the clock. It must bear being run twice. */
export type Job<Payload = unknown> = {
  /** `feature.verb-object`; the name in the queue, so it never changes. */
  name: string;
  payload: z.ZodType<Payload>;
  /** Cron pattern in UTC (minute hour day month weekday). After downtime it runs once, not once per missed time. */
  schedule?: string;
  /** True where a run heeds `dryRun`; others can not be asked for one. */
  canRunDry?: boolean;
  /** `how` is left out where nobody asked for anything special. */
  run(payload: Payload, deps: Deps, how?: JobRun): Promise<JobCounts | void>;
};

/** Ties payload schema and function together by type. */
export const defineJob = <Payload>(job: Job<Payload>): Job<Payload> => job;
