import { z } from 'zod';
import { integrationSources, type MilestoneTrigger } from '#contract/tables/rewards.ts';

const whole = z.int().min(1);
const percent = z.number().min(0).max(100);

const counted = z.strictObject({ count: whole.default(1) });
const timeBased = z.union([
  z.strictObject({ lessons_count: whole, time_window: whole }),
  z.strictObject({ consecutive_days: whole }),
  z.strictObject({ no_missed_lessons: whole }),
  z.strictObject({ integrations_completed: whole, time_window: whole }),
]);
const performanceBased = z.union([
  z.strictObject({ approval_rate: percent, min_submissions: whole.default(1) }),
  z.strictObject({ on_time_rate: percent, min_submissions: whole.default(1) }),
  z.strictObject({ excellent_feedback: whole }),
  z.strictObject({ quality_score: percent, min_submissions: whole.default(1) }),
  z.strictObject({ top_percentile: percent }),
]);

/** What `milestones.trigger_config` may hold, by trigger (data model R20). Windows are hours, `no_missed_lessons` is days. */
export const milestoneConfigs = {
  recording_watched: counted,
  assignment_submitted: counted,
  assignment_approved: counted,
  /** One platform, or all of them. */
  integration_connected: z.union([
    z.strictObject({ platform: z.enum(integrationSources) }),
    z.strictObject({ all_required: z.literal(true) }),
  ]),
  course_completed: counted,
  onboarding_completed: z.strictObject({ time_window: whole.optional() }),
  time_based: timeBased,
  performance_based: performanceBased,
  /** Positions of lessons in the order of a course, from 1. */
  sequence_based: z.strictObject({
    recording_sequence: z.array(whole).min(1).max(200),
    require_assignment: z.boolean().default(false),
  }),
  manual: z.strictObject({}),
} as const satisfies Record<MilestoneTrigger, z.ZodType>;

export type TimeBased = z.output<typeof timeBased>;
export type PerformanceBased = z.output<typeof performanceBased>;
