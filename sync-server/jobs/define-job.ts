import type { z } from 'zod';
import type { Deps } from '../deps.ts';

/** Work that runs outside a request: once when enqueued, or by the clock. It must bear being run twice. */
export type Job<Payload = unknown> = {
  /** `feature.verb-object`; the name in the queue, so it never changes. */
  name: string;
  payload: z.ZodType<Payload>;
  /** Cron pattern in UTC (minute hour day month weekday). After downtime it runs once, not once per missed time. */
  schedule?: string;
  run(payload: Payload, deps: Deps): Promise<void>;
};

/** Ties payload schema and function together by type. */
export const defineJob = <Payload>(job: Job<Payload>): Job<Payload> => job;
