import { z } from 'zod';
import { integrationSources } from '#contract/tables/rewards.ts';

/** What `course_tracks.criteria` may ask for (workflows 3.29); what is left out is not asked for. */
const criteriaSchema = z.strictObject({
  /** All of these courses completed. */
  course_ids: z.array(z.uuid()).optional(),
  min_approved_assignments: z.int().min(1).optional(),
  /** All of these accounts connected. */
  integrations: z.array(z.enum(integrationSources)).optional(),
  /** At least so much in all: sales and spending in minor units. */
  min_metric: z
    .strictObject({ source: z.enum([...integrationSources, 'lms']), metric: z.string(), value: z.int() })
    .optional(),
});

export type TrackFacts = {
  completed_course_ids: string[];
  approved: number;
  connected: string[];
  /** Sums, by `source/metric`. */
  metrics: Record<string, number>;
  /** A mentor has recommended the student for this track. */
  recommended: boolean;
};

/** Whether a student has earned a track. One that asks for nothing is given by hand only; unclear criteria give nothing. */
export function isTrackEarned(track: { criteria: unknown; needs_mentor: boolean }, facts: TrackFacts): boolean {
  const parsed = criteriaSchema.safeParse(track.criteria);
  if (!parsed.success || Object.keys(parsed.data).length === 0) return false;
  const {
    course_ids: courses = [],
    min_approved_assignments: approved = 0,
    integrations = [],
    min_metric,
  } = parsed.data;
  return (
    courses.every((id) => facts.completed_course_ids.includes(id)) &&
    facts.approved >= approved &&
    integrations.every((source) => facts.connected.includes(source)) &&
    (!min_metric || (facts.metrics[`${min_metric.source}/${min_metric.metric}`] ?? 0) >= min_metric.value) &&
    (!track.needs_mentor || facts.recommended)
  );
}
